import type { Webhook } from '@ringback/contract'
import { isoTime, isoTimeOrNull } from '../../lib/iso-time.ts'
import type { WebhookRow } from '../../store/webhooks.ts'
import { displayUrl } from '../../webhooks/url-guard.ts'

/** A webhook as the API shows it: of its secrets only that they exist, of its URL no password. */
export function showWebhook(row: WebhookRow): Webhook {
  return {
    id: row.id,
    name: row.name,
    enabled: row.enabled,
    disabled_reason: row.disabledReason,
    url: row.url === null ? null : displayUrl(row.url),
    include_result: row.includeResult,
    has_secret: row.sealedSecret !== null,
    previous_secret_until: isoTimeOrNull(row.previousSecretUntil),
    created_at: isoTime(row.createdAt),
    updated_at: isoTime(row.updatedAt),
  }
}
