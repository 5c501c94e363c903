import type { AttemptCause, DeliveryStatus, DeliveryTrigger, FinalJobStatus } from '@ringback/contract'

/** A delivery as people see it. */
export interface DeliveryRow {
  readonly id: string
  readonly accountId: string
  /** Null for a job webhook. */
  readonly webhookId: string | null
  /** Null for a test. */
  readonly jobId: string | null
  readonly jobType: string
  readonly jobStatus: FinalJobStatus
  readonly trigger: DeliveryTrigger
  readonly status: DeliveryStatus
  /** Where the next attempt goes, or the last one went: the job webhook's URL, else the webhook's present one. */
  readonly url: string | null
  /** The exact text that is sent and signed. */
  readonly body: string
  readonly attemptCount: number
  /** Null unless `waiting`. */
  readonly nextAttemptAt: number | null
  readonly lastCause: AttemptCause | null
  readonly createdAt: number
  readonly finishedAt: number | null
}

/** A delivery that this process may send, with all that the next attempt needs as it is set now. */
export interface LeasedDelivery {
  readonly id: string
  readonly accountId: string
  readonly webhookId: string | null
  readonly jobId: string | null
  readonly trigger: DeliveryTrigger
  readonly body: string
  readonly url: string | null
  /** Attempts so far; the next one has this number plus one. */
  readonly attemptCount: number
  /** Failed attempts that count for the schedule; interrupted ones do not. */
  readonly failureCount: number
  readonly sealedSecret: string | null
  readonly sealedPreviousSecret: string | null
  readonly previousSecretUntil: number | null
}

/** A name-value list as it went over the wire, in order, names as written. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** One HTTP request of a delivery, with all that was sent and answered. */
export interface AttemptRow {
  /** 1-based, strictly increasing in its delivery. */
  readonly number: number
  readonly startedAt: number
  /** Null: success. */
  readonly cause: AttemptCause | null
  /** One sentence about the cause for people; never a secret. */
  readonly message: string | null
  readonly url: string
  readonly requestHeaders: HeaderList
  readonly responseStatus: number | null
  readonly responseHeaders: HeaderList | null
  /** At most 16 KiB of it, as UTF-8 text with invalid bytes replaced. */
  readonly responseBody: string | null
  /** More was answered than was kept. */
  readonly responseTruncated: boolean
  /** The address that was connected to, with port. */
  readonly remoteAddress: string | null
  /** Parts of the time in milliseconds; null where a step did not happen (a reused connection has no `connectMs`). */
  readonly timing: AttemptTiming
}

export interface AttemptTiming {
  readonly dnsMs: number | null
  readonly connectMs: number | null
  readonly tlsMs: number | null
  readonly firstByteMs: number | null
  readonly totalMs: number
}

export interface RecordedAttempt {
  readonly deliveryId: string
  /** The process that holds the lease. When it has lost it, nothing is written. */
  readonly leasedBy: string
  readonly attempt: AttemptRow
  /** What comes of the delivery. `waiting` becomes `discarded` when its webhook was switched off meanwhile. */
  readonly next:
    | { readonly status: 'delivered' | 'failed' }
    | { readonly status: 'waiting'; readonly nextAttemptAt: number }
  readonly finishedAt: number
}

export interface NewTestDelivery {
  readonly id: string
  readonly accountId: string
  readonly webhookId: string
  readonly jobType: string
  readonly jobStatus: FinalJobStatus
  readonly body: string
  readonly createdAt: number
}

/** Filters of the delivery list; each alone or together. */
export interface DeliveryFilter {
  readonly accountId: string
  readonly status?: DeliveryStatus
  readonly webhookId?: string
  readonly jobId?: string
  readonly jobType?: string
  /** Only deliveries created before this id: the last one of the page before. */
  readonly beforeId?: string
  readonly limit: number
}

export interface DeliveryStore {
  /** Adds a test delivery that is due at once. */
  insertTestDelivery(delivery: NewTestDelivery): Promise<void>
  /** Leases up to `limit` deliveries that are due, the longest due first, and marks them `sending`. */
  claimDeliveries(claim: { processId: string; limit: number; now: number }): Promise<LeasedDelivery[]>
  /** When the next waiting delivery is due; null when there is none. */
  nextDeliveryDueAt(): Promise<number | null>
  /**
   * Writes an attempt and what comes of its delivery in one transaction; calls gather into one. Gives false, and writes
   * nothing, when the lease was lost or the attempt is not the next one: the same call again, after an answer that was
   * lost, must not touch the attempt that has begun since.
   */
  recordAttempt(attempt: RecordedAttempt): Promise<boolean>
  findDelivery(accountId: string, deliveryId: string): Promise<DeliveryRow | null>
  /** Newest first, without the body. */
  listDeliveries(filter: DeliveryFilter): Promise<Omit<DeliveryRow, 'body'>[]>
  /** Oldest first. */
  listAttempts(deliveryId: string): Promise<AttemptRow[]>
}
