import type { DeliveryRow, DeliveryStore } from '../deliveries.ts'
import { DISCARD_STEP } from '../discard-step.ts'
import { type StoredAttempt, storableText, toAttempt } from '../mapping.ts'
import type { WorkKind } from '../store.ts'
import { type Addresses, NOTHING_REPORTED, URGENT_DUE_AT } from './addresses.ts'
import { createClaimDeliveries } from './claim-deliveries.ts'
import type { Database } from './database.ts'
import { createIsLeaseholder } from './leaseholders.ts'
import type { ListName } from './lists.ts'
import type { RecoveryName } from './recovery.ts'
import type { Operations, Synchronous } from './synchronous.ts'
import { DISCARD_WAITING } from './webhooks.ts'

/** The life of a delivery in the database. `wake` is told what may be due now that nobody has leased. */
export function deliveryOperations(
  database: Database,
  addresses: Addresses,
  wake: (kind: WorkKind) => void,
): Synchronous<Omit<DeliveryStore, RecoveryName | ListName | 'recordAttempt'>> & Pick<Operations, 'recordAttempt'> {
  const claimDeliveries = createClaimDeliveries(database, addresses, wake)
  const isLeaseholder = createIsLeaseholder(database)
  const insertTest = database.prepare(
    `insert into deliveries (id, account_id, webhook_id, address_id, job_type, job_status, trigger, status,
       next_attempt_at, created_at, body)
     values (?3, ?4, ?2, ?2, ?5, ?6, 'test', 'waiting', ${URGENT_DUE_AT}, ?1, ?7)`,
  )
  const nextReady = database.prepare<{ readyAt: number | null }>(
    'select min(ready_at) as readyAt from addresses where ready_at > ?',
  )
  const findLease = database.prepare<{ discard: number }>(
    `select d.trigger <> 'test' and not coalesce(w.enabled, 1) as discard
     from deliveries d left join webhooks w on w.id = d.webhook_id where d.id = ? and d.leased_by = ?`,
  )
  const record = database.prepare(
    `update deliveries set
       status = case when ?1 in ('failed', 'discarded') and delivered_at is not null then 'delivered' else ?1 end,
       attempt_count = ?2, failure_count = failure_count + ?3, next_attempt_at = ?4,
       finished_at = ?5, last_cause = ?6, leased_by = null, resend = 0,
       delivered_at = case when ?1 = 'delivered' then coalesce(delivered_at, ?5) else delivered_at end
     where id = ?7 and leased_by = ?8 and attempt_count = ?2 - 1`,
  )
  const disableWebhook = database.prepare(
    'update webhooks set enabled = 0, disabled_reason = ?, updated_at = ? where id = ? and enabled = 1',
  )
  const discardWaiting = database.prepare(DISCARD_WAITING)
  const insertAttempt = database.prepare(
    `insert into attempts (delivery_id, number, started_at, cause, message, url, request_headers, response_status,
       response_headers, response_body, response_truncated, remote_address, dns_ms, connect_ms, tls_ms, first_byte_ms,
       total_ms, resend)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const find = database.prepare<DeliveryRow>(
    `select d.id, d.account_id as accountId, d.webhook_id as webhookId, d.listener_id as listenerId, d.job_id as jobId, d.job_type as jobType,
       d.job_status as jobStatus, d.trigger, d.status, coalesce(d.url, w.url) as url, d.body,
       d.attempt_count as attemptCount, d.next_attempt_at as nextAttemptAt, d.last_cause as lastCause,
       d.created_at as createdAt, d.finished_at as finishedAt, d.delivered_at as deliveredAt,
       d.payload_removed_at as payloadRemovedAt
     from deliveries d left join webhooks w on w.id = d.webhook_id where d.account_id = ? and d.id = ?`,
  )
  const listAttempts = database.prepare<StoredAttempt>(
    `select number, started_at as startedAt, cause, message, url, request_headers as requestHeaders,
       response_status as responseStatus, response_headers as responseHeaders, response_body as responseBody,
       response_truncated as responseTruncated, remote_address as remoteAddress, dns_ms as dnsMs,
       connect_ms as connectMs, tls_ms as tlsMs, first_byte_ms as firstByteMs, total_ms as totalMs,
       resend
     from attempts where delivery_id = ? order by number`,
  )

  /** Ends a webhook that is gone; what waits for it is kept and can be recovered. */
  function switchOff(webhookId: string, reason: string, now: number) {
    disableWebhook.run(reason, now, webhookId)
    // What is left, claims discard.
    if (discardWaiting.run(now, webhookId) === DISCARD_STEP) wake('deliveries')
    addresses.disable(webhookId, false, now)
  }

  return {
    insertTestDelivery(delivery) {
      const { id, accountId, webhookId, jobType, jobStatus, createdAt, body } = delivery
      // Somebody is looking: neither what waits nor a pause of the address holds up a test.
      insertTest.run(createdAt, webhookId, id, accountId, jobType, jobStatus, body)
      addresses.hasUrgent(webhookId, createdAt)
      wake('deliveries')
    },
    claimDeliveries: (claim) => (isLeaseholder(claim.processId) ? claimDeliveries(claim) : []),
    nextDeliveryDueAt: (now) => nextReady.get(now)?.readyAt ?? null,
    recordAttempt(attempt) {
      const { deliveryId, leasedBy, finishedAt, addressId, report } = attempt
      // Only a retry must ask whether its webhook is still on; nearly all deliveries end and skip that statement.
      const discarded = attempt.nextStatus === 'waiting' && findLease.get(deliveryId, leasedBy)?.discard === 1
      const nextAttemptAt = discarded ? null : attempt.nextAttemptAt
      const recorded = record.run(
        discarded ? 'discarded' : attempt.nextStatus,
        attempt.number,
        attempt.spendsSchedule ? 1 : 0,
        nextAttemptAt,
        nextAttemptAt === null ? finishedAt : null,
        attempt.cause,
        deliveryId,
        leasedBy,
      )
      if (recorded === 0) return { recorded: false, untold: false }
      insertAttempt.run(
        deliveryId,
        attempt.number,
        attempt.startedAt,
        attempt.cause,
        storableText(attempt.message),
        attempt.url,
        attempt.requestHeaders,
        attempt.responseStatus,
        attempt.responseHeaders,
        storableText(attempt.responseBody),
        attempt.responseTruncated ? 1 : 0,
        attempt.remoteAddress,
        attempt.dnsMs,
        attempt.connectMs,
        attempt.tlsMs,
        attempt.firstByteMs,
        attempt.totalMs,
        attempt.resend ? 1 : 0,
      )
      if (nextAttemptAt !== null) addresses.waitsUntil(addressId, nextAttemptAt)
      const said = report ? addresses.report(addressId, report, finishedAt) : NOTHING_REPORTED
      const { untold, disable, hasWaiting } = said
      if (disable !== null) switchOff(addressId, disable, finishedAt)
      if (nextAttemptAt !== null || hasWaiting) wake('deliveries')
      return { recorded: true, untold }
    },
    findDelivery: (accountId, deliveryId) => find.get(accountId, deliveryId) ?? null,
    listAttempts: (deliveryId) => listAttempts.all(deliveryId).map(toAttempt),
  }
}
