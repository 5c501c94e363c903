import { type AttemptCause, WAITING_COUNTED_MAX, type WebhookState } from '@ringback/contract'
import type { AddressRow, WebhookRow, WebhookStore } from '../store/webhooks.ts'

/** How a webhook is doing, for people. */
export interface WebhookHealth {
  readonly state: WebhookState
  /** Null unless it is in the future. */
  readonly pausedUntil: number | null
  readonly consecutiveFailures: number
  readonly failingSince: number | null
  readonly lastSuccessAt: number | null
  readonly lastCause: AttemptCause | null
  /** Counted up to `WAITING_COUNTED_MAX`. */
  readonly waiting: number
  readonly oldestWaitingSince: number | null
}

/**
 * Reads the health of a webhook. Whether it is `disabled` is said by its own row alone, as it was read: its address is
 * read later, and one that was switched off in between would be shown as disabled and enabled at once, with no reason.
 */
export async function readHealth(
  store: Pick<WebhookStore, 'findAddress' | 'countWaiting'>,
  webhook: Pick<WebhookRow, 'id' | 'enabled'>,
  now: number,
): Promise<WebhookHealth> {
  const [address, { waiting, oldestCreatedAt }] = await Promise.all([
    store.findAddress(webhook.id),
    store.countWaiting(webhook.id, WAITING_COUNTED_MAX),
  ])
  const pausedUntil = address?.pausedUntil ?? null
  return {
    state: stateOf(webhook, address),
    pausedUntil: webhook.enabled && pausedUntil !== null && pausedUntil > now ? pausedUntil : null,
    consecutiveFailures: address?.failures ?? 0,
    failingSince: address?.failingSince ?? null,
    lastSuccessAt: address?.lastSuccessAt ?? null,
    lastCause: address?.lastCause ?? null,
    waiting,
    oldestWaitingSince: oldestCreatedAt,
  }
}

function stateOf({ enabled }: Pick<WebhookRow, 'enabled'>, address: AddressRow | null): WebhookState {
  if (!enabled) return 'disabled'
  return address === null || address.state === 'disabled' ? 'healthy' : address.state
}
