import { type AddressState, DISABLE_AFTER_MS } from '../store/address-health.ts'
import type { FailedDeliveries } from '../store/notices.ts'
import type { AddressRow, WebhookRow } from '../store/webhooks.ts'
import { displayUrl } from './target-url.ts'

/** What an account is told about its webhooks. */
export type OperationalEventType = 'webhook.failing' | 'webhook.recovered' | 'webhook.disabled' | 'delivery.failed'

const TYPES: Readonly<Record<AddressState, OperationalEventType>> = {
  failing: 'webhook.failing',
  healthy: 'webhook.recovered',
  disabled: 'webhook.disabled',
}

/**
 * Builds the body of an operational event: the form that Standard Webhooks recommends (`type`, `timestamp`, `data`).
 * `webhook` is null for job webhooks, which have an origin instead.
 */
export function buildOperationalEvent(
  address: AddressRow,
  webhook: WebhookRow | null,
  now: number,
): { type: OperationalEventType; body: string } {
  const type = TYPES[address.state]
  const isCounting = address.state === 'failing' && address.webhookId !== null && address.failingSince !== null
  const body = bodyOf(type, now, {
    ...whereOf(address, webhook),
    reason: webhook?.disabledReason ?? null,
    last_cause: address.lastCause,
    consecutive_failures: address.failures,
    failing_since: isoOrNull(address.failingSince),
    paused_until: isoOrNull(address.pausedUntil),
    disable_at: isoOrNull(isCounting ? (address.failingSince ?? 0) + DISABLE_AFTER_MS : null),
  })
  return { type, body }
}

/** Builds the body of the event that says that deliveries of an address are over without success. */
export function buildFailedEvent(
  address: AddressRow,
  webhook: WebhookRow | null,
  deliveries: FailedDeliveries,
  now: number,
): { type: OperationalEventType; body: string } {
  const type = 'delivery.failed'
  const body = bodyOf(type, now, {
    ...whereOf(address, webhook),
    failed: deliveries.failed,
    first_failed_at: isoOrNull(deliveries.firstAt),
    last_failed_at: isoOrNull(deliveries.lastAt),
    delivery_id: deliveries.deliveryId,
    last_cause: address.lastCause,
  })
  return { type, body }
}

function bodyOf(type: OperationalEventType, now: number, data: object): string {
  return JSON.stringify({ type, timestamp: new Date(now).toISOString(), data })
}

function whereOf(address: AddressRow, webhook: WebhookRow | null) {
  return {
    webhook_id: address.webhookId,
    webhook_name: webhook?.name ?? null,
    url: webhook?.url ? displayUrl(webhook.url) : address.origin,
  }
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}
