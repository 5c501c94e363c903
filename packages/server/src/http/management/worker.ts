import { Readable } from 'node:stream'
import {
  idParamsSchema,
  problemSchema,
  type WorkerLeaseAnswer,
  workerCompleteSchema,
  workerDocumentParamsSchema,
  workerDocumentQuerySchema,
  workerFailSchema,
  workerHeartbeatAnswerSchema,
  workerHeartbeatSchema,
  workerJobStateSchema,
  workerLeaseAnswerSchema,
  workerLeaseSchema,
} from '@ringback/contract'
import { z } from 'zod'
import { isoTime, isoTimeOrNull } from '../../lib/iso-time.ts'
import type { DocumentRef } from '../../tasks/documents/document-ref.ts'
import type { NoLease, WorkerLease, Workers } from '../../workers/workers.ts'
import { readJobInput } from '../../workflows/job-input.ts'
import type { Workflows } from '../../workflows/workflows.ts'
import { clientGone } from '../client-gone.ts'
import { inexactIntegers } from '../inexact-integers.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { invalidRequest } from '../zod-problems.ts'

interface Deps<Action extends keyof Workers> {
  readonly workers: Pick<Workers, Action>
}

const ON_A_JOB = { 404: problemSchema, 409: problemSchema, 422: problemSchema } as const

/** `POST /api/v1/worker/lease` */
export function leaseJobs(
  deps: Deps<'lease'> & { workflows: Pick<Workflows, 'unknownTypes'>; config: { readonly publicUrl: string } },
): Endpoint {
  return defineEndpoint({
    body: workerLeaseSchema,
    answers: { 200: workerLeaseAnswerSchema, 422: problemSchema },
    async handle(request, reply) {
      const accountId = accountOf(request)
      const { limit, wait_seconds, lease_seconds, worker = 'without a name' } = request.body
      const types = [...new Set(request.body.types)]
      const [unknown] = await deps.workflows.unknownTypes(accountId, types)
      if (unknown !== undefined) {
        const message = `is not the job type of a workflow of this account: ${JSON.stringify(unknown)}`
        throw invalidRequest([{ field: `types.${request.body.types.indexOf(unknown)}`, message }])
      }
      const lease = await deps.workers.lease(accountId, {
        types,
        limit,
        waitMs: wait_seconds * 1_000,
        leaseMs: lease_seconds * 1_000,
        worker,
        signal: clientGone(reply),
      })
      return showLease(lease, deps.config.publicUrl)
    },
  })
}

/** `POST /api/v1/worker/jobs/<id>/heartbeat` */
export function heartbeat({ workers }: Deps<'heartbeat'>): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    body: workerHeartbeatSchema,
    answers: { 200: workerHeartbeatAnswerSchema, ...ON_A_JOB },
    async handle(request) {
      const { lease_id, lease_seconds } = request.body
      const leaseMs = lease_seconds * 1_000
      const expiresAt = await workers.heartbeat(accountOf(request), request.params.id, lease_id, leaseMs)
      return { expires_at: isoTime(expiresAt) }
    },
  })
}

/** `POST /api/v1/worker/jobs/<id>/complete` */
export function completeJob({ workers }: Deps<'complete'>): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    body: workerCompleteSchema,
    answers: { 200: workerJobStateSchema, ...ON_A_JOB },
    async handle(request) {
      const { lease_id, result } = request.body
      const inexact = inexactIntegers(request.jsonText, 'result')
      if (inexact.length > 0) throw invalidRequest(inexact)
      await workers.complete(accountOf(request), request.params.id, lease_id, result)
      return { id: request.params.id, status: 'success', retry_at: null }
    },
  })
}

/** `POST /api/v1/worker/jobs/<id>/fail` */
export function failJob({ workers }: Deps<'fail'>): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    body: workerFailSchema,
    answers: { 200: workerJobStateSchema, ...ON_A_JOB },
    async handle(request) {
      const { lease_id, code, message, retry } = request.body
      const failure = { error: { code: `worker.${code}`, message } as const, retry }
      const retryAt = await workers.fail(accountOf(request), request.params.id, lease_id, failure)
      return {
        id: request.params.id,
        status: retryAt === null ? 'failed' : 'pending',
        retry_at: isoTimeOrNull(retryAt),
      }
    },
  })
}

/** `GET /api/v1/worker/jobs/<id>/documents/<parameter>`: the bytes of a file, only for the worker that has the job. */
export function readDocument({ workers }: Deps<'openDocument'>): Endpoint {
  return defineEndpoint({
    params: workerDocumentParamsSchema,
    query: workerDocumentQuerySchema,
    answers: { 200: z.file(), 404: problemSchema, 422: problemSchema },
    contentType: 'application/octet-stream',
    async handle(request, reply) {
      const { id, parameter } = request.params
      const { ref, chunks } = await workers.openDocument(accountOf(request), id, request.query.lease_id, parameter)
      reply.header('content-type', 'application/octet-stream')
      reply.header('content-length', ref.size)
      // What a stranger has sent is never shown by a browser, whatever it is.
      reply.header('content-disposition', 'attachment')
      reply.header('cache-control', 'private, no-store')
      return reply.send(Readable.from(chunks, { objectMode: false }))
    },
  })
}

function showDocuments(documents: Readonly<Record<string, DocumentRef>>, urlOf: (parameter: string) => string) {
  const shown = Object.entries(documents).map(([parameter, { name, kind, size }]) => {
    return [parameter, { name, kind, size, url: urlOf(parameter) }] as const
  })
  return Object.fromEntries(shown)
}

function showLease(lease: WorkerLease | NoLease, publicUrl: string): WorkerLeaseAnswer {
  if (typeof lease === 'string') return { lease_id: null, expires_at: null, jobs: [], full: lease === 'full' }
  return {
    lease_id: lease.leaseId,
    expires_at: isoTime(lease.expiresAt),
    full: false,
    jobs: lease.jobs.map(({ id, type, input, run, createdAt }) => {
      const { parameters, documents = {} } = readJobInput(input)
      const urlOf = (parameter: string) =>
        `${publicUrl}/api/v1/worker/jobs/${id}/documents/${parameter}?lease_id=${lease.leaseId}`
      const shown = showDocuments(documents, urlOf)
      return { id, type, parameters, documents: shown, attempt: run, created_at: isoTime(createdAt) }
    }),
  }
}
