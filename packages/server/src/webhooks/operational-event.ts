import type { AddressState } from '../store/address-health.ts'
import type { AddressRow, WebhookRow } from '../store/webhooks.ts'
import { displayUrl } from './target-url.ts'

/** What an account is told about its webhooks. */
export type OperationalEventType = 'webhook.failing' | 'webhook.recovered' | 'webhook.disabled'

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
  const body = JSON.stringify({
    type,
    timestamp: new Date(now).toISOString(),
    data: {
      webhook_id: address.webhookId,
      webhook_name: webhook?.name ?? null,
      url: webhook?.url ? displayUrl(webhook.url) : address.origin,
      reason: webhook?.disabledReason ?? null,
      last_cause: address.lastCause,
      consecutive_failures: address.failures,
      failing_since: isoOrNull(address.failingSince),
      paused_until: isoOrNull(address.pausedUntil),
    },
  })
  return { type, body }
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}
