import type { DeliveryTrigger, FinalJobStatus } from '@ringback/contract'
import type { LeasedDelivery } from './deliveries.ts'

/** A laptop that gets copies of an account's deliveries over a connection that it has opened. */
export interface ListenerRow {
  readonly id: string
  readonly accountId: string
  /** What it calls itself. */
  readonly name: string
  /** Where it forwards to, without a password: for the record, nobody here connects to it. */
  readonly url: string
  /** The webhook it stands for; null: the whole account, signed like a job webhook. */
  readonly webhookId: string | null
  /** Job types it is told of besides the filters of its webhook, as a JSON array; null: all. */
  readonly jobTypes: string | null
  /** A secret of its own, sealed; it signs while the webhook has none. */
  readonly sealedSecret: string | null
  readonly createdAt: number
  /** It is forgotten when it was not heard of until then. */
  readonly expiresAt: number
}

/** What an answer of a listener must know of the delivery that it is about. */
export interface ListenerDelivery {
  readonly jobId: string | null
  readonly trigger: DeliveryTrigger
  readonly url: string
  readonly attemptCount: number
  readonly failureCount: number
  readonly resend: boolean
  readonly deliveredBefore: boolean
  /** The process that holds the lease; null when the attempt has ended. */
  readonly leasedBy: string | null
  /** Of the webhook that the listener stands for, as in {@link LeasedDelivery}. */
  readonly retrySchedule: string | null
}

export interface NewListenerTest {
  readonly id: string
  readonly accountId: string
  readonly listenerId: string
  readonly jobType: string
  readonly jobStatus: FinalJobStatus
  readonly body: string
  readonly createdAt: number
}

/**
 * Listeners. When a job ends, `finishJob` writes them a delivery each in its transaction, in addition to those of the
 * webhooks. What waits for a listener is leased by the process that holds its stream, and its attempts are written with
 * `recordAttempt` like all others. When a listener goes, what waits for it is discarded.
 */
export interface ListenerStore {
  /** Adds a listener; gives false when the account has `listenersMax` already that have not expired. */
  insertListener(listener: ListenerRow, listenersMax: number): Promise<boolean>
  findListener(accountId: string, listenerId: string): Promise<ListenerRow | null>
  /** Oldest first, those that have expired too. */
  listListeners(accountId: string): Promise<ListenerRow[]>
  /**
   * Makes `connection` the stream of a listener; an older one gets nothing more. What was leased for it and is not
   * `inHand` never arrived: it waits again, without an attempt. Gives false when the account has no such listener.
   */
  connectListener(connect: {
    accountId: string
    listenerId: string
    connection: string
    inHand: readonly string[]
    now: number
    expiresAt: number
  }): Promise<boolean>
  /** Moves its end to later. Gives false when it is gone, or another stream is its stream now. */
  renewListener(renew: { listenerId: string; connection: string; expiresAt: number }): Promise<boolean>
  /**
   * Leases up to `limit` deliveries that are due for the listener, the longest due first, if `connection` is its stream;
   * nothing otherwise. Custom headers and schedule are those of the webhook that it stands for; the secret is that
   * webhook's or `default`'s, else its own.
   */
  claimForListener(claim: {
    listenerId: string
    connection: string
    processId: string
    limit: number
    now: number
  }): Promise<LeasedDelivery[]>
  /** When the next delivery becomes due for it after `now`; null for none. */
  nextListenerDueAt(listenerId: string, now: number): Promise<number | null>
  findListenerDelivery(accountId: string, listenerId: string, deliveryId: string): Promise<ListenerDelivery | null>
  /** Which of these deliveries a process still has leased. */
  listStillLeased(processId: string, deliveryIds: readonly string[]): Promise<string[]>
  /** Tells the processes that an attempt of the listener was recorded by another than the one that leased it. */
  tellListenerAnswered(listenerId: string): Promise<void>
  /** Discards what waits for it beyond the newest `waitingMax`; gives how many. */
  trimListener(listenerId: string, waitingMax: number, now: number): Promise<number>
  /** Adds a test for a listener, due at once; gives false when it is gone. */
  insertListenerTest(test: NewListenerTest): Promise<boolean>
  /** Removes a listener and discards what waits or is under way for it. Gives false when the account has no such one. */
  removeListener(accountId: string, listenerId: string, now: number): Promise<boolean>
  /** Removes all that expired before `now`, and discards what waits for listeners that are gone. Gives how many. */
  removeExpiredListeners(now: number): Promise<number>
}
