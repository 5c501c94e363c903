import type { FinalJobStatus, JobError } from '@ringback/contract'
import { assertNever } from '../lib/errors.ts'

/**
 * The life of a job. Its status is what people see; what it does besides is in its row (`due_at`, `leased_by`).
 *
 * | from | what happens | to |
 * | --- | --- | --- |
 * | – | dispatch | waiting (`new`), or at once running when its lane and the caps have room |
 * | waiting | a runner claims it: its lane is open, it is its account's turn, the caps have room | running (`pending`) |
 * | waiting | it never started within the waiting deadline | ended (`failed`, `job.expired`) |
 * | waiting | cancelled | ended (`failed`, `job.cancelled`) |
 * | running | the task gives a result | ended (`success`) |
 * | running | an error that does not pass, the running deadline, or cancelled | ended (`failed`) |
 * | running | the provider limits requests | waiting (`pending`): no attempt is spent |
 * | running | the provider is away, and attempts are left | waiting (`pending`): an attempt is spent |
 * | running | the process stops or dies | waiting (`pending`): no attempt is spent; a death is counted as an interruption |
 *
 * Nothing leads out of an end. Each run that ends says one of these:
 */
export type RunEnd =
  | { readonly kind: 'success'; readonly resultText: string }
  | { readonly kind: 'failed'; readonly error: JobError }
  /** To be run again; `spendAttempt` false when the run says nothing about the job. */
  | { readonly kind: 'again'; readonly delayMs: number; readonly spendAttempt: boolean; readonly reason: string }

/** An end of the job, not only of a run. */
export type JobEnded = Exclude<RunEnd, { kind: 'again' }>

/** The status a job gets when a run ended it. */
export function finalStatus(end: JobEnded): FinalJobStatus {
  return end.kind === 'success' ? 'success' : 'failed'
}

/** What the record of the run says: `success`, or the code of what ended it. */
export function outcomeOf(end: RunEnd): string {
  switch (end.kind) {
    case 'success':
      return 'success'
    case 'failed':
      return end.error.code
    case 'again':
      return end.reason
    default:
      return assertNever(end)
  }
}

/** The end of a job that its owner cancelled. */
export const CANCELLED: JobEnded = {
  kind: 'failed',
  error: { code: 'job.cancelled', message: 'The job was cancelled' },
}
