import type { NewJob } from './jobs.ts'

/** How a client names a dispatch, so that sending it again makes no second job. */
export interface Idempotency {
  /** The client's own text. */
  readonly key: string
  /** Stands for all that decides what the job is: the same key with another one is a mistake of the client. */
  readonly fingerprint: string
}

/** What a key of an account stands for. */
export interface KeyedJob {
  readonly jobId: string
  readonly fingerprint: string
}

export interface IdempotencyStore {
  /**
   * Inserts the job **and claims its key in one transaction**, unless the account has used the key: then nothing is
   * written, and the job that the key stands for comes back. Leases like `insertJob`. However many calls come at once, from however many
   * processes, one of them inserts. Calls gather into one transaction.
   */
  insertJobOnce(
    job: NewJob,
    idempotency: Idempotency,
  ): Promise<KeyedJob & { readonly inserted: boolean; readonly leased: boolean }>
  /** What a key stands for; null when the account has not used it. */
  findIdempotencyKey(accountId: string, key: string): Promise<KeyedJob | null>
  /** Forgets up to `limit` keys that were claimed before a time, the oldest first; gives how many. */
  forgetIdempotencyKeys(range: { claimedBefore: number; limit: number }): Promise<number>
}
