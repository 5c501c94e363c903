import type { WorkKind } from '../store.ts'
import type { OperationName } from './synchronous.ts'

/** One call of an operation, as it travels to the store's thread. */
export interface Call {
  readonly name: OperationName
  readonly parameters: readonly unknown[]
}

/** What came of one call. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly unavailable: boolean; readonly message: string }

/** The answer to one batch of calls. */
export interface BatchAnswer {
  /** Flat (`wire.ts`), in the order of the calls. */
  readonly outcomes: readonly unknown[]
  /** What may be due now that nobody has leased. */
  readonly wakes: readonly WorkKind[]
}

/** The first message to the thread. */
export interface OpenFile {
  readonly file: string
  /** Unix milliseconds, for the record of migrations. */
  readonly now: number
  /** Whether the schema of an older version may be brought to this one. */
  readonly mayUpgrade: boolean
}

/** The first message of the thread. */
export type Opened =
  | { readonly ok: true }
  | { readonly ok: false; readonly exitCode: number | null; readonly problems: readonly string[] }
