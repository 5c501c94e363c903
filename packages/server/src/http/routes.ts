import type { AcceptDeps } from './compat/accept-job.ts'
import { dispatchCustom, getCustom, listCustom } from './compat/custom.ts'
import { dispatchJob } from './compat/dispatch.ts'
import { createJobWebhookCheck } from './compat/job-webhook.ts'
import { createPayloadRetentionReader } from './compat/payload-retention.ts'
import { ping } from './compat/ping.ts'
import { quota } from './compat/quota.ts'
import { jobStatus, legacyJobStatus } from './compat/status.ts'
import { createStatusWriter } from './compat/status-answer.ts'
import { uploadJob } from './compat/upload.ts'
import type { HttpDeps } from './deps.ts'
import { managementRoutes } from './management/routes.ts'
import type { UploadDeps } from './multipart/read-upload.ts'
import { createUploadSlots } from './multipart/upload-slots.ts'
import { errorPage } from './process/error-page.ts'
import { live, ready } from './process/health.ts'
import { showMetrics } from './process/metrics.ts'
import { showOpenApi } from './process/openapi.ts'
import type { Reference } from './process/reference.ts'
import { root } from './process/root.ts'
import type { Route } from './route.ts'

/**
 * Every address of the server, and the only place where one is added. The files of the API reference below `/docs` and
 * of the dashboard below `/dashboard` are public.
 */
export function buildRoutes(deps: HttpDeps, reference: Pick<Reference, 'describe'>): readonly Route[] {
  return [...jobRoutes(deps), ...accountRoutes(deps), ...managementRoutes(deps), ...processRoutes(deps, reference)]
}

/** What a process without the role `api` answers too: whoever watches it must be able to ask how it is. */
const EVERYWHERE: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/metrics'])

/** The routes of a process that does not answer the API. */
export function routesOfEveryProcess(routes: readonly Route[]): readonly Route[] {
  return routes.filter(({ path }) => EVERYWHERE.has(path))
}

function jobRoutes(deps: HttpDeps): Route[] {
  const { dispatcher, jobWaiter, store, config } = deps
  const checkJobWebhook = createJobWebhookCheck(deps)
  const writeStatus = createStatusWriter(deps)
  const readPayloadRetention = createPayloadRetentionReader(config)
  const accepting = { dispatcher, jobWaiter, checkJobWebhook, readPayloadRetention, writeStatus }
  const dispatchDeps = { ...accepting, publicUrl: config.publicUrl }
  const { documentBytesMax } = config
  const uploadDeps = { ...dispatchDeps, store, clock: deps.clock, documentBytesMax, slots: createUploadSlots() }
  const poll = { method: 'GET', scope: 'jobs', family: 'compat', limit: 'show', tag: 'Jobs' } as const
  return [
    ...deps.tasks.all.map(
      (task): Route => ({
        method: 'POST',
        path: `/api/v1${task.path}`,
        scope: 'jobs',
        family: 'compat',
        limit: 'spend',
        tag: 'Jobs',
        summary: task.summary,
        endpoint: task.files ? uploadJob(task, task.files, uploadDeps) : dispatchJob(task, dispatchDeps),
      }),
    ),
    ...customRoutes(deps, uploadDeps),
    {
      ...poll,
      path: '/api/v1/:group/:endpoint/job/status/:id',
      summary: 'Tells the status of a job, and its result.',
      endpoint: jobStatus({ store, writeStatus }),
    },
    {
      ...poll,
      path: '/api/v1/job/status/:id',
      summary: 'The older form of the status: the result is JSON text.',
      endpoint: legacyJobStatus({ store, writeStatus }),
    },
  ]
}

/** Workflows as their clients use them. */
function customRoutes(deps: HttpDeps, uploadDeps: AcceptDeps & UploadDeps): Route[] {
  const base = { scope: 'jobs', family: 'compat', limit: 'spend', tag: 'Jobs' } as const
  return [
    {
      ...base,
      method: 'GET',
      path: '/api/v1/custom',
      summary: 'Lists the custom workflows of the account.',
      endpoint: listCustom(deps),
    },
    {
      ...base,
      method: 'GET',
      path: '/api/v1/custom/:slug',
      summary: 'Shows a custom workflow.',
      endpoint: getCustom(deps),
    },
    {
      ...base,
      method: 'POST',
      path: '/api/v1/custom/:slug',
      summary: 'Runs a custom workflow.',
      endpoint: dispatchCustom(deps, uploadDeps),
    },
  ]
}

function accountRoutes({ clock, config, store }: HttpDeps): Route[] {
  const base = { method: 'GET', family: 'compat', limit: 'none', tag: 'Account' } as const
  return [
    {
      ...base,
      path: '/api/v1/ping',
      scope: 'public',
      summary: 'Tells that the API is there, and the time.',
      endpoint: ping({ clock }),
    },
    {
      ...base,
      path: '/api/v1/quota',
      scope: 'any_key',
      summary: 'Tells the limits of the account.',
      endpoint: quota({ clock, store, requestsPerMinute: config.requestsPerMinute }),
    },
  ]
}

function processRoutes(deps: HttpDeps, reference: Pick<Reference, 'describe'>): Route[] {
  const base = { method: 'GET', scope: 'public', family: 'process', limit: 'none', tag: 'Process' } as const
  return [
    { ...base, path: '/', summary: 'Leads to the dashboard.', endpoint: root() },
    { ...base, path: '/health/live', summary: 'Tells that the process answers.', endpoint: live() },
    { ...base, path: '/health/ready', summary: 'Tells whether the process can work.', endpoint: ready(deps) },
    { ...base, path: '/metrics', summary: 'Measurements for Prometheus.', endpoint: showMetrics(deps) },
    {
      ...base,
      path: '/openapi.json',
      summary: 'The description of this API (OpenAPI).',
      endpoint: showOpenApi(reference),
    },
    { ...base, path: '/docs/errors', summary: 'Explains the codes of errors.', endpoint: errorPage() },
  ]
}
