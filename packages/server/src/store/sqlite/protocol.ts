import type { AttemptRow, AttemptTiming, RecordedAttempt } from '../deliveries.ts'
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

/** A {@link RecordedAttempt} on its way into the tables: flat, header lists as the JSON text that is kept. */
export interface WrittenAttempt
  extends Omit<AttemptRow, 'requestHeaders' | 'responseHeaders' | 'timing'>,
    AttemptTiming,
    Omit<RecordedAttempt, 'attempt' | 'next'> {
  readonly requestHeaders: string
  readonly responseHeaders: string | null
  readonly nextStatus: RecordedAttempt['next']['status']
  /** Null unless it is to be `waiting`. */
  readonly nextAttemptAt: number | null
}

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
}

/** The first message of the thread. */
export type Opened =
  | { readonly ok: true }
  | { readonly ok: false; readonly exitCode: number | null; readonly problems: readonly string[] }
