import type { Random } from '../lib/random.ts'
import { ASKED_MS_MAX } from '../store/lane-health.ts'
import { TaskError } from '../tasks/task.ts'
import type { RunEnd } from './end.ts'

/** Runs of one job that may fail at the provider before the job fails: about ten minutes with the delays below. */
const ATTEMPTS_MAX = 5

/** Back-off between runs when the provider does not say how long to wait. */
const BACKOFF_FIRST_MS = 2_000
const BACKOFF_MS_MAX = 5 * 60_000

/** What the judgement of an error depends on. */
export interface RunFacts {
  /** Runs so far that count, this one included. */
  readonly attempts: number
  /** Since the dispatch. */
  readonly ageMs: number
  /** How long a job may wait for its provider in all. */
  readonly waitMaxMs: number
}

/**
 * Decides what follows from an error of a run: the job fails, or runs again. A provider that limits requests spends no
 * attempt, however often it does, until the job has become too old; one that is away spends one. Unknown errors are
 * never shown.
 */
export function judgeRunError(error: unknown, { attempts, ageMs, waitMaxMs }: RunFacts, random: Random): RunEnd {
  if (!(error instanceof TaskError)) {
    return {
      kind: 'failed',
      error: { code: 'job.task_failed', message: 'The task stopped with an error; the server log has the details' },
    }
  }
  const { code, message, limited } = error
  if (error.retryable) {
    const backoffMs = Math.min(BACKOFF_FIRST_MS * 2 ** (attempts - 1), BACKOFF_MS_MAX) * (0.5 + random() / 2)
    const delayMs = Math.round(Math.max(backoffMs, Math.min(error.retryAfterMs ?? 0, ASKED_MS_MAX)))
    const mayRunAgain = limited ? ageMs + delayMs <= waitMaxMs : attempts < ATTEMPTS_MAX
    if (mayRunAgain) return { kind: 'again', delayMs, spendAttempt: !limited, reason: limited ? 'model.limited' : code }
  }
  return { kind: 'failed', error: { code, message } }
}
