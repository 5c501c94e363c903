import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Idempotency } from '../../store/idempotency.ts'
import type { JobRow } from '../../store/jobs.ts'
import { clientGone } from '../client-gone.ts'
import { accountOf } from '../request-state.ts'
import { singleHeader } from '../single-header.ts'
import { fingerprintOf, readIdempotencyKey } from './idempotency-key.ts'
import { type CheckJobWebhook, JOB_WEBHOOK_FIELD, JOB_WEBHOOK_HEADER } from './job-webhook.ts'
import type { ReadPayloadRetention } from './payload-retention.ts'
import { preferredWaitSeconds } from './prefer.ts'
import { RETRY_AFTER_SECONDS, resultText, type WriteStatus } from './status-answer.ts'

interface Dispatch {
  /** Chosen before when documents name it already. */
  readonly id?: string
  readonly accountId: string
  readonly type: string
  /** Checked by the schema of the task. */
  readonly input: unknown
  /** Checked by the guard; null: the account's webhooks are told. */
  readonly jobWebhookUrl: string | null
  readonly idempotency: Idempotency | null
  /** Null: payloads are kept as the server keeps all. */
  readonly payloadRetentionMs: number | null
  /** `worker`: the account's own worker runs it. */
  readonly runBy?: 'worker'
}

/** What accepting jobs needs of `jobs/`: to dispatch them. */
export interface Dispatcher {
  /**
   * Puts a job on disk and gives its id; or the id of the job that was dispatched with the key before.
   * @throws StoreUnavailableError when the database cannot take the job
   * @throws AppError `request.idempotency_key_reused`
   */
  dispatch(job: Dispatch): Promise<Dispatched>
  /** The job that was dispatched with the key before; null when there is none. Throws like `dispatch`. */
  findDispatched(accountId: string, idempotency: Idempotency): Promise<Dispatched | null>
}

interface Dispatched {
  readonly jobId: string
  readonly replayed: boolean
}

/** What accepting jobs needs of `jobs/`: to wait for their end. */
export interface JobWaiter {
  /** Gives the job when it has ended, null when it has not ended in time or the signal came first. */
  wait(wait: { accountId: string; jobId: string; limitMs: number; signal: AbortSignal }): Promise<JobRow | null>
}

export interface AcceptDeps {
  readonly dispatcher: Dispatcher
  readonly jobWaiter: JobWaiter
  readonly checkJobWebhook: CheckJobWebhook
  readonly readPayloadRetention: ReadPayloadRetention
  readonly writeStatus: WriteStatus
  readonly publicUrl: string
}

export interface Acceptance {
  /** The body of the answer; status and headers are set. */
  readonly text: string
  /** The job was there before: nothing of this request is needed any more. */
  readonly replayed: boolean
}

/** What was read of the body of a dispatch. */
export interface ReadJob {
  /** The id that its documents name; one is made when it has none. */
  readonly id?: string
  /** Checked by the schema of the task. */
  readonly input: unknown
  /** What two requests with one `Idempotency-Key` must have in common in their bodies. Called only when there is a key. */
  readonly bodyFingerprint: () => string
  /** `worker`: the account's own worker runs it. */
  readonly runBy?: 'worker'
}

/**
 * Accepts a job whose input was read and checked, and makes the answer. Everything that dispatches share is here: the
 * headers `Job-Webhook`, `Payload-Retention`, `Idempotency-Key` and `Prefer: wait`, the 202, and the 200 of a job that ended in time.
 */
export type AcceptJob = (request: FastifyRequest, reply: FastifyReply, job: ReadJob) => Promise<Acceptance>

export function createAcceptJob({ type, path }: { type: string; path: string }, deps: AcceptDeps): AcceptJob {
  const { dispatcher, jobWaiter, checkJobWebhook, readPayloadRetention, writeStatus } = deps
  const statusUrlPrefix = `${deps.publicUrl}/api/v1${path}/job/status/`
  // The answer is written by hand, around the id: the text before it is always the same, and this route is hot.
  const answerStart = `{"status_url":${JSON.stringify(statusUrlPrefix).slice(0, -1)}`

  // No async function: nearly all dispatches have none of these headers, and each one more to wait for costs them.
  function dispatch(request: FastifyRequest, accountId: string, job: ReadJob): Promise<Dispatched> {
    const jobWebhook = singleHeader(request, JOB_WEBHOOK_HEADER, JOB_WEBHOOK_FIELD)
    const key = readIdempotencyKey(request)
    const payloadRetentionMs = readPayloadRetention(request)
    const idempotency = key === null ? null : { key, fingerprint: fingerprint(job, jobWebhook, payloadRetentionMs) }
    const { id, input, runBy } = job
    const chosen = { ...(id !== undefined && { id }), ...(runBy && { runBy }) }
    const dispatched = { ...chosen, accountId, type, input, jobWebhookUrl: null, idempotency, payloadRetentionMs }
    return jobWebhook === null ? dispatcher.dispatch(dispatched) : dispatchWithWebhook(dispatched, jobWebhook)
  }

  /** Without the header it is that of versions before it: a request may be sent again across an upgrade. */
  function fingerprint(job: ReadJob, jobWebhook: string | null, payloadRetentionMs: number | null): string {
    const parts = [path, job.bodyFingerprint(), jobWebhook]
    return fingerprintOf(payloadRetentionMs === null ? parts : [...parts, String(payloadRetentionMs)])
  }

  async function dispatchWithWebhook(job: Dispatch, jobWebhook: string): Promise<Dispatched> {
    const { accountId, idempotency } = job
    // Before the check: an address that does not resolve at this moment is no reason to hide the job from its owner.
    const earlier = idempotency && (await dispatcher.findDispatched(accountId, idempotency))
    if (earlier) return earlier
    return await dispatcher.dispatch({ ...job, jobWebhookUrl: await checkJobWebhook(jobWebhook, accountId) })
  }

  return async (request, reply, job) => {
    const accountId = accountOf(request)
    const { jobId, replayed } = await dispatch(request, accountId, job)
    reply.header('content-type', 'application/json; charset=utf-8')
    reply.header('sharpapi-job-id', jobId)
    if (replayed) reply.header('idempotency-replayed', 'true')

    const seconds = preferredWaitSeconds(request.headers.prefer)
    if (seconds !== null) {
      const row = await jobWaiter.wait({ accountId, jobId, limitMs: seconds * 1_000, signal: clientGone(reply) })
      if (row) {
        reply.code(200)
        reply.header('preference-applied', `wait=${seconds}`)
        return { text: await writeStatus(reply, row, resultText(row)), replayed }
      }
    }
    reply.code(202)
    reply.header('retry-after', RETRY_AFTER_SECONDS)
    return { text: `${answerStart}${jobId}","job_id":"${jobId}"}`, replayed }
  }
}
