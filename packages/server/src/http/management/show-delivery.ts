import type { Attempt, Delivery, DeliveryDetail } from '@ringback/contract'
import { isoTime, isoTimeOrNull } from '../../lib/iso-time.ts'
import type { AttemptRow, DeliveryRow } from '../../store/deliveries.ts'
import { displayUrl } from '../../webhooks/url-guard.ts'

/** A delivery as lists show it. */
export function showDelivery(row: Omit<DeliveryRow, 'body'>): Delivery {
  return {
    id: row.id,
    status: row.status,
    trigger: row.trigger,
    webhook_id: row.webhookId,
    listener_id: row.listenerId,
    job_id: row.jobId,
    job_type: row.jobType,
    job_status: row.jobStatus,
    url: row.url === null ? null : displayUrl(row.url),
    attempt_count: row.attemptCount,
    next_attempt_at: isoTimeOrNull(row.nextAttemptAt),
    last_cause: row.lastCause,
    created_at: isoTime(row.createdAt),
    finished_at: isoTimeOrNull(row.finishedAt),
    delivered_at: isoTimeOrNull(row.deliveredAt),
    payload_removed_at: isoTimeOrNull(row.payloadRemovedAt),
  }
}

/**
 * A delivery with all that is known of it. The attempts are read after the row, and one may be recorded in between: it is
 * left out, so that nobody is shown a delivery that waits for the attempt that has delivered it.
 */
export function showDeliveryDetail(row: DeliveryRow, attempts: readonly AttemptRow[]): DeliveryDetail {
  const known = attempts.filter(({ number }) => number <= row.attemptCount)
  const body = row.payloadRemovedAt === null ? row.body : null
  return { ...showDelivery(row), body, attempts: known.map(showAttempt) }
}

function showAttempt(row: AttemptRow): Attempt {
  return {
    number: row.number,
    resend: row.resend,
    started_at: isoTime(row.startedAt),
    cause: row.cause,
    message: row.message,
    request: { method: 'POST', url: displayUrl(row.url), headers: copyHeaders(row.requestHeaders) },
    response:
      row.responseStatus === null
        ? null
        : {
            status: row.responseStatus,
            headers: copyHeaders(row.responseHeaders ?? []),
            body: row.responseBody,
            truncated: row.responseTruncated,
          },
    remote_address: row.remoteAddress,
    timing: {
      dns_ms: row.timing.dnsMs,
      connect_ms: row.timing.connectMs,
      tls_ms: row.timing.tlsMs,
      first_byte_ms: row.timing.firstByteMs,
      total_ms: row.timing.totalMs,
    },
  }
}

function copyHeaders(headers: AttemptRow['requestHeaders']): [string, string][] {
  return headers.map(([name, value]) => [name, value])
}
