import type { DeliveryRow, DeliveryStore, LeasedDelivery } from '../deliveries.ts'
import { type StoredAttempt, storableText, toAttempt } from '../mapping.ts'
import type { WorkKind } from '../store.ts'
import type { Database } from './database.ts'
import { compileDeliveryList } from './delivery-list.ts'
import { createIsLeaseholder } from './leaseholders.ts'
import type { Synchronous } from './operations.ts'

/** The webhook of a delivery; a job webhook is signed with the secret of the account's `default` one (design 3.2). */
const JOIN_WEBHOOK = `join webhooks w on case when d.webhook_id is null
  then w.account_id = d.account_id and w.name = 'default' else w.id = d.webhook_id end`

/** The life of a delivery in the database. `wake` is told what may be due now that nobody has leased. */
export function deliveryOperations(database: Database, wake: (kind: WorkKind) => void): Synchronous<DeliveryStore> {
  const isLeaseholder = createIsLeaseholder(database)
  const insertTest = database.prepare(
    `insert into deliveries (id, account_id, webhook_id, job_type, job_status, trigger, status, next_attempt_at,
       created_at, body)
     values (?1, ?2, ?3, ?4, ?5, 'test', 'waiting', ?6, ?6, ?7)`,
  )
  const findDue = database.prepare<LeasedDelivery>(
    `select d.id, d.account_id as accountId, d.webhook_id as webhookId, d.job_id as jobId, d.trigger, d.body,
       coalesce(d.url, w.url) as url, d.attempt_count as attemptCount, d.failure_count as failureCount,
       w.sealed_secret as sealedSecret, w.sealed_previous_secret as sealedPreviousSecret,
       w.previous_secret_until as previousSecretUntil
     from (select * from deliveries where next_attempt_at is not null and next_attempt_at <= ?
           order by next_attempt_at limit ?) d
     ${JOIN_WEBHOOK}`,
  )
  const lease = database.prepare(
    `update deliveries set status = 'sending', leased_by = ?, next_attempt_at = null where id = ?`,
  )
  const nextDue = database.prepare<{ dueAt: number | null }>(
    'select min(next_attempt_at) as dueAt from deliveries where next_attempt_at is not null',
  )
  const findLease = database.prepare<{ discard: number }>(
    `select d.trigger <> 'test' and not coalesce(w.enabled, 1) as discard
     from deliveries d left join webhooks w on w.id = d.webhook_id where d.id = ? and d.leased_by = ?`,
  )
  const record = database.prepare(
    `update deliveries set status = ?1, attempt_count = ?2, failure_count = failure_count + ?3, next_attempt_at = ?4,
       finished_at = ?5, last_cause = ?6, leased_by = null
     where id = ?7 and leased_by = ?8 and attempt_count = ?2 - 1`,
  )
  const insertAttempt = database.prepare(
    `insert into attempts (delivery_id, number, started_at, cause, message, url, request_headers, response_status,
       response_headers, response_body, response_truncated, remote_address, dns_ms, connect_ms, tls_ms, first_byte_ms,
       total_ms)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const find = database.prepare<DeliveryRow>(
    `select d.id, d.account_id as accountId, d.webhook_id as webhookId, d.job_id as jobId, d.job_type as jobType,
       d.job_status as jobStatus, d.trigger, d.status, coalesce(d.url, w.url) as url, d.body,
       d.attempt_count as attemptCount, d.next_attempt_at as nextAttemptAt, d.last_cause as lastCause,
       d.created_at as createdAt, d.finished_at as finishedAt
     from deliveries d left join webhooks w on w.id = d.webhook_id where d.account_id = ? and d.id = ?`,
  )
  const listAttempts = database.prepare<StoredAttempt>(
    `select number, started_at as startedAt, cause, message, url, request_headers as requestHeaders,
       response_status as responseStatus, response_headers as responseHeaders, response_body as responseBody,
       response_truncated as responseTruncated, remote_address as remoteAddress, dns_ms as dnsMs,
       connect_ms as connectMs, tls_ms as tlsMs, first_byte_ms as firstByteMs, total_ms as totalMs
     from attempts where delivery_id = ? order by number`,
  )

  return {
    insertTestDelivery(delivery) {
      const { id, accountId, webhookId, jobType, jobStatus, createdAt, body } = delivery
      insertTest.run(id, accountId, webhookId, jobType, jobStatus, createdAt, body)
      wake('deliveries')
    },
    claimDeliveries({ processId, limit, now }) {
      if (!isLeaseholder(processId)) return []
      const due = findDue.all(now, limit)
      for (const delivery of due) lease.run(processId, delivery.id)
      return due
    },
    nextDeliveryDueAt: () => nextDue.get()?.dueAt ?? null,
    recordAttempt({ deliveryId, leasedBy, attempt, next, finishedAt }) {
      const failures = attempt.cause === null || attempt.cause === 'interrupted' ? 0 : 1
      // Only a retry must ask whether its webhook is still on; nearly all deliveries end and skip that statement.
      const discarded = next.status === 'waiting' && findLease.get(deliveryId, leasedBy)?.discard === 1
      const nextAttemptAt = next.status === 'waiting' && !discarded ? next.nextAttemptAt : null
      const recorded = record.run(
        discarded ? 'discarded' : next.status,
        attempt.number,
        failures,
        nextAttemptAt,
        nextAttemptAt === null ? finishedAt : null,
        attempt.cause,
        deliveryId,
        leasedBy,
      )
      if (recorded === 0) return false
      const { timing } = attempt
      insertAttempt.run(
        deliveryId,
        attempt.number,
        attempt.startedAt,
        attempt.cause,
        storableText(attempt.message),
        attempt.url,
        JSON.stringify(attempt.requestHeaders),
        attempt.responseStatus,
        attempt.responseHeaders && JSON.stringify(attempt.responseHeaders),
        storableText(attempt.responseBody),
        attempt.responseTruncated ? 1 : 0,
        attempt.remoteAddress,
        timing.dnsMs,
        timing.connectMs,
        timing.tlsMs,
        timing.firstByteMs,
        timing.totalMs,
      )
      if (nextAttemptAt !== null) wake('deliveries')
      return true
    },
    findDelivery: (accountId, deliveryId) => find.get(accountId, deliveryId) ?? null,
    listDeliveries(filter) {
      const { sql, parameters } = compileDeliveryList(filter)
      return database.query(sql, parameters)
    },
    listAttempts: (deliveryId) => listAttempts.all(deliveryId).map(toAttempt),
  }
}
