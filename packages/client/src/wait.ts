import { RingbackRateLimitError, RingbackTimeoutError } from './errors.ts'
import type { Jobs } from './jobs.ts'
import { sleep } from './lib/clock.ts'
import { checkMs, type Settings } from './settings.ts'
import { resultOf } from './state.ts'
import type { EndedJob, JobRef, WaitOptions } from './types.ts'

/** Three minutes, in milliseconds, as all clients of SharpAPI wait. */
export const WAIT_MS_DEFAULT = 180_000

/** The last poll, at the deadline, may take so long, in milliseconds. */
export const LAST_POLL_MS = 5_000

/** Between polls after a 429 that does not say how long, in milliseconds. */
const LIMITED_MS = 10_000

/** A job, or the promise of a dispatch. */
export type WaitedJob = JobRef & { readonly ended?: EndedJob<unknown> | null }

/**
 * Polls until the job has ended: at once, then whenever the server says, and a last time at the deadline. A 429 only
 * makes it slower.
 */
export function createWait(settings: Settings, jobs: Pick<Jobs, 'status'>) {
  return async (waited: WaitedJob | PromiseLike<WaitedJob>, options: WaitOptions = {}): Promise<unknown> => {
    const { timeoutMs = WAIT_MS_DEFAULT, signal } = options
    checkMs('timeoutMs', timeoutMs)
    const job = await waited
    if (job.ended) return resultOf(job, job.ended)
    const limit = new AbortController()
    const stopTimer = settings.clock.after(timeoutMs, () => limit.abort())
    const either = signal ? AbortSignal.any([signal, limit.signal]) : limit.signal
    let status = 'not known'
    try {
      while (!limit.signal.aborted) {
        const state = await jobs.status(job, { signal: either }).catch((error: unknown) => {
          if (error instanceof RingbackRateLimitError) return error
          throw error
        })
        if (!(state instanceof RingbackRateLimitError)) {
          if (state.ended) return resultOf(job, state.ended)
          status = state.status
        }
        const seconds = state instanceof RingbackRateLimitError ? state.retryAfterSeconds : null
        const delayMs =
          state instanceof RingbackRateLimitError ? (seconds ?? 0) * 1_000 || LIMITED_MS : state.pollAfterMs
        await sleep(settings.clock, delayMs, either).catch(() => signal?.throwIfAborted())
      }
      const last = await jobs.status(job, { timeoutMs: LAST_POLL_MS, ...(signal && { signal }) }).catch(() => null)
      signal?.throwIfAborted()
      if (last?.ended) return resultOf(job, last.ended)
    } catch (error) {
      // A poll that was under way at the deadline is not waited for.
      if (!limit.signal.aborted || error !== limit.signal.reason) throw error
    } finally {
      stopTimer()
    }
    throw notInTime(job.jobId, timeoutMs, status)
  }
}

export function notInTime(jobId: string, timeoutMs: number, status: string): RingbackTimeoutError {
  const message = `The job ${jobId} has not ended in ${timeoutMs} ms (status: ${status}). It goes on: wait for it again.`
  return new RingbackTimeoutError(message, { timeoutMs, jobId })
}
