import { RingbackJobFailedError } from './errors.ts'
import { type Answer, isRecord } from './read-answer.ts'
import { retryAfterMsOf } from './retry.ts'
import type { EndedJob, JobState } from './types.ts'

/** Between two polls in milliseconds when the server says nothing: what all clients of SharpAPI take. */
const POLL_MS_DEFAULT = 10_000

/** No faster and no slower than this, whatever the server says: a 0 would be a busy loop. */
const POLL_MS_MIN = 1_000
const POLL_MS_MAX = 60_000

/** With so few requests left of the minute, polls become slower: ×2 at 3, ×5 at 0 (as SharpAPI's own clients do). */
const REMAINING_FEW = 3

/** What the address of the older status route ends with; there, the result is JSON in a string. */
const OLD_ROUTE = /\/api\/v1\/job\/status\/[^/]+$/

/** The state that a status answer tells; null when it is no status answer. */
export function readState({ json, headers }: Answer, url: string): JobState | null {
  const data = isRecord(json) ? json.data : undefined
  const attributes = isRecord(data) ? data.attributes : undefined
  if (!isRecord(data) || !isRecord(attributes)) return null
  const { status, type } = attributes
  if (typeof data.id !== 'string' || typeof status !== 'string' || typeof type !== 'string') return null
  const result =
    OLD_ROUTE.test(url) && typeof attributes.result === 'string' ? JSON.parse(attributes.result) : attributes.result
  return {
    jobId: data.id,
    type,
    // Any other word is one that a newer server has for a job that goes on.
    status: status === 'success' || status === 'failed' || status === 'new' ? status : 'pending',
    ended: endOf(status, result, attributes.error),
    pollAfterMs: pollAfterMs(headers),
  }
}

/** How a job ended, as status answers and webhooks say it; null when it has not. */
export function endOf(status: unknown, result: unknown, error: unknown): EndedJob<unknown> | null {
  if (status === 'success') return { status, result: result ?? null, error: null }
  if (status !== 'failed') return null
  const { code, message } = isRecord(error) ? error : {}
  return {
    status,
    result: null,
    error: {
      code: typeof code === 'string' ? code : null,
      message: typeof message === 'string' ? message : 'The job failed; the server does not say why.',
    },
  }
}

/** @throws RingbackJobFailedError when the job failed */
export function resultOf<Result>(job: { jobId: string; type: string }, ended: EndedJob<Result>): Result {
  if (ended.status === 'success') return ended.result
  const { code, message } = ended.error
  throw new RingbackJobFailedError(message, { jobId: job.jobId, jobType: job.type, code })
}

function pollAfterMs(headers: Headers): number {
  // Seconds alone, as polls are answered: a date would need a clock that agrees.
  const header = headers.get('retry-after')
  const saidMs = header === null || /[A-Za-z]/.test(header) ? null : retryAfterMsOf(header, 0)
  const remaining = Number(headers.get('x-ratelimit-remaining') ?? REMAINING_FEW + 1)
  const slower = remaining >= 0 && remaining <= REMAINING_FEW ? 2 + REMAINING_FEW - remaining : 1
  return Math.min(Math.max((saidMs ?? POLL_MS_DEFAULT) * slower, POLL_MS_MIN), POLL_MS_MAX)
}
