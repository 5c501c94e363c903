import type { AddressRow } from './webhooks.ts'

/** What an account is told of an address besides its state. */
export type NoticeKind = 'deliveries_failed' | 'disabled_at_half' | 'disabled_soon'

/** Deliveries of an address that have failed for good and that nobody was told of. */
export interface FailedDeliveries {
  readonly addressId: string
  readonly failed: number
  readonly firstAt: number
  readonly lastAt: number
  /** One of them, the one that was created last. */
  readonly deliveryId: string
}

export interface Notice {
  readonly addressId: string
  readonly kind: NoticeKind
  /** Nothing is written when the account was told the same after this. */
  readonly toldBefore: number
  /** What the account counts as told from now on. */
  readonly toldAt: number
  /** The delivery to the account's `operational` webhook; not written when that is off. */
  readonly deliveryId: string
  readonly type: string
  readonly body: string
  readonly now: number
}

export interface NoticeStore {
  /**
   * Deliveries of jobs that failed after their last attempt, after `since`, by address; those that the account was told of
   * do not count, and an address of which it was told after `toldBefore` is left out.
   */
  listFailedDeliveries(range: { since: number; toldBefore: number; limit: number }): Promise<FailedDeliveries[]>
  /** Webhooks without a success since before a time, that are not switched off; those that fail longest first. */
  listLongFailing(range: { failingBefore: number; limit: number }): Promise<AddressRow[]>
  /** Writes that the account was told, and the delivery that tells it, in one transaction; gives false when it knew. */
  tellNotice(notice: Notice): Promise<boolean>
}
