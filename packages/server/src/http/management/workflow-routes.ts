import type { HttpDeps } from '../deps.ts'
import type { Route } from '../route.ts'
import { completeJob, failJob, heartbeat, leaseJobs, readDocument } from './worker.ts'
import { changeWorkflow, createWorkflow, getWorkflow, listWorkflows, removeWorkflow } from './workflows.ts'

/** Job types that accounts define. */
export function workflowRoutes(deps: HttpDeps): Route[] {
  const base = { family: 'management', limit: 'spend', tag: 'Workflows' } as const
  const all = '/api/v1/workflows'
  const one = '/api/v1/workflows/:id'
  return [
    {
      ...base,
      method: 'GET',
      scope: 'read',
      path: all,
      summary: 'Lists the workflows of the account.',
      endpoint: listWorkflows(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: all,
      summary: 'Adds a workflow.',
      endpoint: createWorkflow(deps),
    },
    {
      ...base,
      method: 'GET',
      scope: 'read',
      path: one,
      summary: 'Shows a workflow, by id or slug.',
      endpoint: getWorkflow(deps),
    },
    {
      ...base,
      method: 'PATCH',
      scope: 'manage',
      path: one,
      summary: 'Changes the fields of a workflow that are sent, for jobs that come from then on.',
      endpoint: changeWorkflow(deps),
    },
    {
      ...base,
      method: 'DELETE',
      scope: 'manage',
      path: one,
      summary: 'Deletes a workflow; jobs that it has accepted run to their end.',
      endpoint: removeWorkflow(deps),
    },
  ]
}

/** Jobs of workflows for the account's own workers. They spend no requests: a busy worker must not starve dispatches. */
export function workerRoutes(deps: HttpDeps): Route[] {
  const base = { method: 'POST', scope: 'worker', family: 'management', limit: 'show', tag: 'Workers' } as const
  return [
    {
      ...base,
      path: '/api/v1/worker/lease',
      summary: 'Leases jobs to a worker, and waits for one when there is none.',
      endpoint: leaseJobs(deps),
    },
    {
      ...base,
      path: '/api/v1/worker/jobs/:id/heartbeat',
      summary: 'Renews the lease of a job.',
      endpoint: heartbeat(deps),
    },
    {
      ...base,
      path: '/api/v1/worker/jobs/:id/complete',
      summary: 'Ends a job with its result.',
      endpoint: completeJob(deps),
    },
    {
      ...base,
      path: '/api/v1/worker/jobs/:id/fail',
      summary: 'Ends a job with an error, or gives it back to be tried again.',
      endpoint: failJob(deps),
    },
    {
      ...base,
      method: 'GET',
      path: '/api/v1/worker/jobs/:id/documents/:parameter',
      summary: 'Gives the bytes of a file that was sent with a leased job.',
      endpoint: readDocument(deps),
    },
  ]
}
