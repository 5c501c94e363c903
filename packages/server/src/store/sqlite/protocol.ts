import type { WorkKind } from '../store.ts'
import type { OperationName } from './operations.ts'

/** One call of an operation, as it travels to the store's thread. */
export interface Call {
  readonly name: OperationName
  readonly parameters: readonly unknown[]
}

/** What came of one call. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly unavailable: boolean; readonly message: string }

/** The answer to one batch of calls, in their order. */
export interface BatchAnswer {
  readonly outcomes: readonly Outcome[]
  /** What may be due now that nobody has leased. */
  readonly wakes: readonly WorkKind[]
}

/** The first message of the thread. */
export type Opened =
  | { readonly ok: true }
  | { readonly ok: false; readonly exitCode: number | null; readonly problems: readonly string[] }
