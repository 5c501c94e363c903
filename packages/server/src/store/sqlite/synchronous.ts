import type { AttemptRecorded, AttemptRow, AttemptTiming, RecordedAttempt } from '../deliveries.ts'
import type { Store } from '../store.ts'

/** The same methods without promises: what runs inside the store's thread. */
export type Synchronous<Interface> = {
  readonly [Name in keyof Interface]: Interface[Name] extends (...parameters: infer Parameters) => Promise<infer Result>
    ? (...parameters: Parameters) => Result
    : never
}

/** The methods of a store that read or write rows; the rest is about the store itself. */
export interface Operations extends Synchronous<Omit<Store, 'engine' | 'onWork' | 'ping' | 'close' | 'recordAttempt'>> {
  recordAttempt(attempt: WrittenAttempt): AttemptRecorded
  /** Discards some more of what waits for a webhook that is off; gives whether there may be more. */
  discardMore(webhookId: string, now: number): boolean
}

export type OperationName = keyof Operations

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
