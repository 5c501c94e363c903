import type { Random } from '../lib/random.ts'
import { TaskError } from '../tasks/task.ts'
import type { RunEnd } from './end.ts'

/** Runs of one job that may fail at the provider before the job fails: about ten minutes with the delays below. */
const RUNS_MAX = 5

/** Full-jitter back-off between runs when the provider does not say how long to wait. */
const BACKOFF_FIRST_MS = 2_000
const BACKOFF_MS_MAX = 5 * 60_000

/** Longest wait that a provider may ask for. */
const RETRY_AFTER_MS_MAX = 3_600_000

/** Decides what follows from an error of a run: the job fails, or runs again. Unknown errors are never shown. */
export function judgeRunError(error: unknown, runs: number, random: Random): RunEnd {
  if (!(error instanceof TaskError)) {
    return {
      kind: 'failed',
      error: { code: 'job.task_failed', message: 'The task stopped with an error; the server log has the details' },
    }
  }
  if (error.retryable && runs < RUNS_MAX) {
    const backoffMs = Math.min(BACKOFF_FIRST_MS * 2 ** (runs - 1), BACKOFF_MS_MAX) * (0.5 + random() / 2)
    const delayMs = Math.round(Math.max(backoffMs, Math.min(error.retryAfterMs ?? 0, RETRY_AFTER_MS_MAX)))
    return { kind: 'again', delayMs, spendAttempt: true, reason: error.code }
  }
  return { kind: 'failed', error: { code: error.code, message: error.message } }
}
