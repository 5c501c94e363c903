import type { ModelCall } from '@ringback/contract'
import type { LaneReport } from '../store/lane-health.ts'
import { TaskError } from '../tasks/task.ts'

/** Why a run was ended from outside. */
export type AbortCause = 'cancelled' | 'timeout' | 'stopping'

/** How a run went, as far as its lane is concerned. */
export interface RunOutcome {
  readonly calls: readonly ModelCall[]
  /** What the task threw; null when it gave a result. */
  readonly error: unknown
  /** Null unless the run was ended from outside. */
  readonly abortCause: AbortCause | null
  /** The run was the probe of a failing lane. */
  readonly probe: boolean
}

/** What a run says about the provider; null when it says nothing, because it asked none or was ended before an answer. */
export function laneReportOf({ calls, error, abortCause, probe }: RunOutcome): LaneReport | null {
  if (calls.length === 0) return null
  if (abortCause === 'timeout') return { kind: 'failed', askedMs: null, probe }
  if (abortCause !== null) return null
  if (error instanceof TaskError && error.retryable) {
    const askedMs = error.retryAfterMs ?? null
    return error.limited ? { kind: 'limited', askedMs } : { kind: 'failed', askedMs, probe }
  }
  return { kind: 'answered' }
}
