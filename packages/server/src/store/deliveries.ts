import type { AttemptCause, DeliveryStatus, DeliveryTrigger, FinalJobStatus } from '@ringback/contract'
import type { AddressReport } from './address-health.ts'
import type { ListRange } from './list-range.ts'

/** More failures than any schedule has delays: the next attempt is the only one. */
export const SCHEDULE_SPENT = 1_000

/** A delivery as people see it. */
export interface DeliveryRow {
  readonly id: string
  readonly accountId: string
  /** Null for a job webhook and for a listener. */
  readonly webhookId: string | null
  /** The listener that it is a copy for, which may be gone; null for all others. */
  readonly listenerId: string | null
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
  /** When it was delivered first; a resend that fails does not take that back. */
  readonly deliveredAt: number | null
  /** When its body and those of the answers were removed (`retention.ts`): the body is empty since. */
  readonly payloadRemovedAt: number | null
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
  /** What it is isolated by: its webhook, or the origin of its job webhook. */
  readonly addressId: string
  /** It is the probe of a failing address. */
  readonly probe: boolean
  /** A person asked for this attempt. */
  readonly resend: boolean
  /** It was delivered before: a resend. */
  readonly deliveredBefore: boolean
  /** Custom headers as the webhook keeps them (`webhooks/custom-headers.ts`); null for none. */
  readonly customHeaders: string | null
  /** Delays in milliseconds as a JSON array; null: the server's own plan. */
  readonly retrySchedule: string | null
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
  /** A person asked for it. */
  readonly resend: boolean
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
  readonly addressId: string
  /** What the attempt says about its address; null when it says nothing (it never left, or our proxy failed). */
  readonly report: AddressReport | null
  /** The failure spends one step of the schedule. */
  readonly spendsSchedule: boolean
}

export interface AttemptRecorded {
  /** False when the lease was lost and nothing was written. */
  readonly recorded: boolean
  /** The state of the address is not the one the account was last told of. */
  readonly untold: boolean
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

/**
 * The deliveries that recovery is about: all that failed or were discarded in a range of creation times. Those of
 * listeners are not among them: they are copies for a laptop that has long been closed.
 */
export interface RecoverFilter {
  readonly accountId: string
  /** Unix milliseconds, from (inclusive) and until (exclusive). */
  readonly since: number
  readonly until: number
  readonly webhookId?: string
  /** Of the last attempt. */
  readonly cause?: AttemptCause
}

/** A place among the deliveries of a {@link RecoverFilter}, which go by creation. */
export interface RecoverPlace {
  readonly createdAt: number
  readonly id: string
}

/** What a delivery was when somebody had it sent again: says how the attempt counts. */
export type BeforeResend = Pick<DeliveryRow, 'status' | 'nextAttemptAt' | 'deliveredAt'>

/** Filters of the delivery list; each alone or together. */
export interface DeliveryFilter extends ListRange {
  readonly status?: DeliveryStatus
  readonly webhookId?: string
  readonly jobId?: string
  readonly jobType?: string
  /** Of the last attempt. */
  readonly cause?: AttemptCause
  readonly trigger?: DeliveryTrigger
}

export interface DeliveryStore {
  /** Adds a test delivery that is due at once. */
  insertTestDelivery(delivery: NewTestDelivery): Promise<void>
  /**
   * Leases up to `limit` deliveries that are due and marks them `sending`. Fair: addresses take turns within their
   * account, and accounts with each other; of one address the longest due go first, at most `perAddress` of them
   * (no limit when left out). A paused address is passed by; a failing one gives one delivery when its pause has ended:
   * the probe. `rooms` names addresses that may get another number, zero to pass them by.
   */
  claimDeliveries(claim: {
    processId: string
    limit: number
    now: number
    perAddress?: number
    rooms?: Readonly<Record<string, number>>
  }): Promise<LeasedDelivery[]>
  /** When the next address may send that could not at `now`; null when there is none. */
  nextDeliveryDueAt(now: number): Promise<number | null>
  /**
   * Writes an attempt and what comes of its delivery in one transaction; calls gather into one. In the same
   * transaction the health of its address changes (`address-health.ts`), and a webhook that is gone, or without success
   * for too long, is switched off and its waiting deliveries are discarded. Writes nothing when the lease was lost or the
   * attempt is not the next one: the same call again, after an answer that was lost, must not touch the attempt that has
   * begun since.
   */
  recordAttempt(attempt: RecordedAttempt): Promise<AttemptRecorded>
  /**
   * Makes a delivery due at once because a person asked; the address's pause does not hold it up. A waiting one keeps
   * its place in the schedule and this attempt spends the next step; one that has ended gets this attempt and no other.
   * Gives what the delivery was before; `sending` when an attempt is under way, `webhook_off` when its webhook is off,
   * `listener_gone` when nobody listens for it any more and `payload_removed` when its body is gone, and nothing was
   * changed; null when the account has no such delivery.
   */
  resendDelivery(
    accountId: string,
    deliveryId: string,
    now: number,
  ): Promise<BeforeResend | 'sending' | 'webhook_off' | 'listener_gone' | 'payload_removed' | null>
  /** Ends a waiting delivery as `discarded`; gives its status then, null when the account has no such delivery. */
  discardDelivery(accountId: string, deliveryId: string, now: number): Promise<DeliveryStatus | null>
  /** How many deliveries {@link recoverDeliveries} would take up, and how many it would pass by (webhook off). */
  countRecoverable(filter: RecoverFilter): Promise<{ recoverable: number; skipped: number }>
  /**
   * Makes up to `limit` failed or discarded deliveries waiting again, oldest first, due at `now`, with their whole
   * schedule ahead. Only those whose webhook is on, and whose body is there. Gives how many, and the last one looked at: call again with that as
   * `after` until it is null. What failed again meanwhile stands before it, so nothing is taken up twice.
   */
  recoverDeliveries(
    filter: RecoverFilter,
    options: { limit: number; now: number; after?: RecoverPlace | null },
  ): Promise<{ recovered: number; last: RecoverPlace | null }>
  findDelivery(accountId: string, deliveryId: string): Promise<DeliveryRow | null>
  /** Newest first, without the body. */
  listDeliveries(filter: DeliveryFilter): Promise<Omit<DeliveryRow, 'body'>[]>
  /** Oldest first. */
  listAttempts(deliveryId: string): Promise<AttemptRow[]>
}
