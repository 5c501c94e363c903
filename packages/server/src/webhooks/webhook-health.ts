import { type AttemptCause, WAITING_COUNTED_MAX, type WebhookState } from '@ringback/contract'
import type { WebhookRow, WebhookStore } from '../store/webhooks.ts'

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

/** Reads the health of a webhook. What is switched off is `disabled`, whatever its address went through before. */
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
    state: webhook.enabled ? (address?.state ?? 'healthy') : 'disabled',
    pausedUntil: webhook.enabled && pausedUntil !== null && pausedUntil > now ? pausedUntil : null,
    consecutiveFailures: address?.failures ?? 0,
    failingSince: address?.failingSince ?? null,
    lastSuccessAt: address?.lastSuccessAt ?? null,
    lastCause: address?.lastCause ?? null,
    waiting,
    oldestWaitingSince: oldestCreatedAt,
  }
}
