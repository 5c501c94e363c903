import type { ModelCall } from '@ringback/contract'

/** What a number of calls used, added up. Calls of unknown size count as none. */
export interface Usage {
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number
  readonly reasoningTokens: number
  /** Null when the cost of any of them is not known. */
  readonly costMicroUsd: number | null
}

/** One start of a job that called a model, or that did not simply succeed: the others leave no row. */
export interface JobRun extends Usage {
  /** 1-based, increasing; a number is missing where the process died, or nothing was to tell. */
  readonly number: number
  readonly startedAt: number
  readonly endedAt: number
  /** `success`, or the code of what ended it (`model.unavailable`, `job.cancelled`, …). */
  readonly outcome: string
  /** Null when no model was called. */
  readonly provider: string | null
  readonly model: string | null
  readonly modelCalls: readonly ModelCall[]
}

/** A run as it is written: what follows from its calls is added up by the store. */
export type NewJobRun = Pick<JobRun, 'startedAt' | 'endedAt' | 'outcome' | 'modelCalls'>

/** What an account used in a month. */
export interface MonthUsage extends Omit<Usage, 'costMicroUsd'> {
  /** Words of the inputs of jobs that ended with success. */
  readonly words: number
  /** Of all runs whose cost is known. */
  readonly costMicroUsd: number
  /** Runs whose cost is not in the sum, because it is not known. */
  readonly unpricedRuns: number
}

export interface JobRunStore {
  /** The runs of a job that are on record, the first one first. Another account's job has none. */
  listJobRuns(accountId: string, jobId: string): Promise<JobRun[]>
  /** What the account used in a month of UTC, such as `2026-11`. */
  sumMonthUsage(accountId: string, month: string): Promise<MonthUsage>
}

/** Adds up calls. */
export function usageOf(calls: readonly ModelCall[]): Usage {
  return sumUsage(
    calls.map((call) => ({
      calls: 1,
      inputTokens: call.inputTokens ?? 0,
      outputTokens: call.outputTokens ?? 0,
      cachedTokens: call.cachedTokens ?? 0,
      reasoningTokens: call.reasoningTokens ?? 0,
      costMicroUsd: call.costMicroUsd,
    })),
  )
}

/** Adds up what runs, or calls, used. */
export function sumUsage(parts: readonly Usage[]): Usage {
  const total = { calls: 0, inputTokens: 0, outputTokens: 0, cachedTokens: 0, reasoningTokens: 0 }
  let costMicroUsd: number | null = 0
  for (const part of parts) {
    total.calls += part.calls
    total.inputTokens += part.inputTokens
    total.outputTokens += part.outputTokens
    total.cachedTokens += part.cachedTokens
    total.reasoningTokens += part.reasoningTokens
    costMicroUsd = costMicroUsd === null || part.costMicroUsd === null ? null : costMicroUsd + part.costMicroUsd
  }
  return { ...total, costMicroUsd }
}

/** The month of UTC that a moment belongs to, such as `2026-11`. */
export function monthOf(now: number): string {
  const date = new Date(now)
  return `${date.getUTCFullYear()}-${String(date.getUTCMonth() + 1).padStart(2, '0')}`
}
