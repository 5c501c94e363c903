import type { FinalJobStatus, JobError } from '@ringback/contract'

/** How one run of a job ended. */
export type RunEnd =
  | { readonly kind: 'success'; readonly resultText: string }
  | { readonly kind: 'failed'; readonly error: JobError }
  /** To be run again; `spendAttempt` false when the run says nothing about the job. */
  | { readonly kind: 'again'; readonly delayMs: number; readonly spendAttempt: boolean; readonly reason: string }

/** The status a job gets when a run ended it. */
export function finalStatus(end: Exclude<RunEnd, { kind: 'again' }>): FinalJobStatus {
  return end.kind === 'success' ? 'success' : 'failed'
}
