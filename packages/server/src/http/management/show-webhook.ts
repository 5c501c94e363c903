import type { FinalJobStatus, Webhook } from '@ringback/contract'
import type { Clock } from '../../lib/clock.ts'
import { isoTime, isoTimeOrNull } from '../../lib/iso-time.ts'
import type { WebhookRow, WebhookStore } from '../../store/webhooks.ts'
import { showHeaders } from '../../webhooks/custom-headers.ts'
import { showRetrySchedule } from '../../webhooks/retry-schedule.ts'
import { previousSecretEnd } from '../../webhooks/rotation.ts'
import type { Vault } from '../../webhooks/secret-vault.ts'
import { type VisibleSigners, visibleSigners } from '../../webhooks/signing-secrets.ts'
import { displayUrl } from '../../webhooks/url-guard.ts'
import { readHealth, type WebhookHealth } from '../../webhooks/webhook-health.ts'

/** What showing a webhook needs: how it is doing is read when it is asked for. */
export interface ShowWebhookDeps {
  readonly store: Pick<WebhookStore, 'findAddress' | 'countWaiting'>
  readonly clock: Clock
  readonly vault: Pick<Vault, 'open'>
}

/** A webhook as the API shows it: of its secrets only that they exist, of its URL no password. */
export async function showWebhook(row: WebhookRow, { store, clock, vault }: ShowWebhookDeps): Promise<Webhook> {
  const now = clock.now()
  const health = await readHealth(store, row, now)
  return {
    id: row.id,
    name: row.name,
    enabled: row.enabled,
    disabled_reason: row.disabledReason,
    url: row.url === null ? null : displayUrl(row.url),
    include_result: row.includeResult,
    has_secret: row.sealedSecret !== null,
    previous_secret_until: isoTimeOrNull(previousSecretEnd(row, now)),
    ...showSigners(visibleSigners(vault, row, now)),
    job_types: parseList<string>(row.jobTypes),
    job_statuses: parseList<FinalJobStatus>(row.jobStatuses),
    headers: showHeaders(row.headers),
    retry_schedule: showRetrySchedule(row.retrySchedule),
    rate_limit_per_second: row.rateLimitPerSecond,
    ...showHealth(health),
    created_at: isoTime(row.createdAt),
    updated_at: isoTime(row.updatedAt),
  }
}

function showSigners({ hasPreviousSecret, publicKey, previousPublicKey }: VisibleSigners) {
  return {
    has_previous_secret: hasPreviousSecret,
    asymmetric_signature: publicKey !== null,
    public_key: publicKey,
    previous_public_key: previousPublicKey,
  }
}

function showHealth(health: WebhookHealth) {
  return {
    state: health.state,
    paused_until: isoTimeOrNull(health.pausedUntil),
    consecutive_failures: health.consecutiveFailures,
    failing_since: isoTimeOrNull(health.failingSince),
    last_success_at: isoTimeOrNull(health.lastSuccessAt),
    last_cause: health.lastCause,
    waiting: health.waiting,
    oldest_waiting_since: isoTimeOrNull(health.oldestWaitingSince),
  }
}

function parseList<Value extends string>(text: string | null): Value[] | null {
  return text === null ? null : (JSON.parse(text) as Value[])
}
