import type { DeliveryRow, DeliveryStore } from '../deliveries.ts'
import { buildDeliveryList } from '../delivery-list.ts'
import { type StoredAttempt, toAttempt } from '../mapping.ts'
import { urgentDueAt } from './addresses.ts'
import { claimDeliveries } from './claim-deliveries.ts'
import { postgresQueries } from './compiler.ts'
import { type Database, statement } from './database.ts'
import { notifyIfAny } from './notify.ts'
import { recordAttempts } from './record-attempt.ts'
import { recoveryOperations } from './recovery.ts'
import type { Turns } from './turns.ts'

/** Somebody is looking: neither what waits nor a pause of the address holds up a test. */
const INSERT_TEST_DELIVERY = statement(
  'insert_test_delivery',
  `
  with added as (
    insert into deliveries (id, account_id, webhook_id, address_id, job_type, job_status, trigger, status,
      next_attempt_at, created_at, body)
    select $1, w.account_id, w.id, w.id, $4, $5, 'test', 'waiting', ${urgentDueAt('w.id', '$6')}, $6, $7
    from webhooks w where w.account_id = $2 and w.id = $3
    returning address_id
  ),
  planned as (update addresses set ready_at = least(ready_at, $6) from added where id = address_id)
  ${notifyIfAny('deliveries', 'added')}
  `,
)

const NEXT_DELIVERY_DUE = statement(
  'next_delivery_due',
  'select min(ready_at) as "dueAt" from addresses where ready_at > $1',
)

const FIND_DELIVERY = statement(
  'find_delivery',
  `
  select d.id, d.account_id as "accountId", d.webhook_id as "webhookId", d.listener_id as "listenerId",
    d.job_id as "jobId", d.job_type as "jobType",
    d.job_status as "jobStatus", d.trigger, d.status, coalesce(d.url, w.url) as url, d.body,
    d.attempt_count as "attemptCount", d.next_attempt_at as "nextAttemptAt", d.last_cause as "lastCause",
    d.created_at as "createdAt", d.finished_at as "finishedAt", d.delivered_at as "deliveredAt",
    d.payload_removed_at as "payloadRemovedAt"
  from deliveries d left join webhooks w on w.id = d.webhook_id
  where d.id = $2 and d.account_id = $1
  `,
)

const LIST_ATTEMPTS = statement(
  'list_attempts',
  `
  select number, started_at as "startedAt", cause, message, url, request_headers as "requestHeaders",
    response_status as "responseStatus", response_headers as "responseHeaders", response_body as "responseBody",
    response_truncated as "responseTruncated", remote_address as "remoteAddress", dns_ms as "dnsMs",
    connect_ms as "connectMs", tls_ms as "tlsMs", first_byte_ms as "firstByteMs", total_ms as "totalMs", resend
  from attempts where delivery_id = $1 order by number
  `,
)

/**
 * The life of a delivery. `idle` resolves when no batch is under way. `onWaiting` is told when this process made
 * deliveries wait, `onPassedBy` when a claim may have left some because somebody else held their address.
 */
export function deliveryOperations(
  database: Database,
  { onWaiting, onPassedBy, turns }: { onWaiting: () => void; onPassedBy: () => void; turns: Turns },
): DeliveryStore & { idle(): Promise<void> } {
  const records = recordAttempts(database, { onWaiting, turns })
  return {
    async insertTestDelivery({ id, accountId, webhookId, jobType, jobStatus, createdAt, body }) {
      const parameters = [id, accountId, webhookId, jobType, jobStatus, createdAt, body]
      const added = await database.run(INSERT_TEST_DELIVERY, parameters)
      if (added.length === 0) throw new Error(`account ${accountId} has no webhook ${webhookId}`)
    },
    claimDeliveries: (claim) => claimDeliveries(database, claim, onPassedBy),
    async nextDeliveryDueAt(now) {
      const [row] = await database.run<{ dueAt: number | null }>(NEXT_DELIVERY_DUE, [now])
      return row?.dueAt ?? null
    },
    recordAttempt: records.add,
    ...recoveryOperations(database),
    async findDelivery(accountId, deliveryId) {
      const [row] = await database.run<DeliveryRow>(FIND_DELIVERY, [accountId, deliveryId])
      return row ?? null
    },
    listDeliveries(filter) {
      const { sql, parameters } = buildDeliveryList(postgresQueries, filter).compile()
      return database.run<Omit<DeliveryRow, 'body'>>(sql, parameters)
    },
    async listAttempts(deliveryId) {
      return (await database.run<StoredAttempt>(LIST_ATTEMPTS, [deliveryId])).map(toAttempt)
    },
    idle: records.idle,
  }
}
