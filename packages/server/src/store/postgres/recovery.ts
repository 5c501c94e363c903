import type { DeliveryStatus } from '@ringback/contract'
import {
  type BeforeResend,
  type DeliveryStore,
  type RecoverFilter,
  type RecoverPlace,
  SCHEDULE_SPENT,
} from '../deliveries.ts'
import { listenerOf } from '../store.ts'
import { letUrgentGo, lockAddresses, lowerReady, planNextClaim, urgentDueAt } from './addresses.ts'
import { type Connection, type Database, statement } from './database.ts'
import { discarded } from './discard.ts'
import { notify } from './notify.ts'

/** The methods of this file. */
export type RecoveryName = 'resendDelivery' | 'discardDelivery' | 'countRecoverable' | 'recoverDeliveries'

interface Found extends BeforeResend {
  readonly addressId: string
  readonly webhookOff: boolean
  readonly listenerId: string | null
  readonly listenerGone: boolean
  readonly payloadRemoved: boolean
}

const FIND = statement(
  'find_to_resend',
  `
  select d.status, d.next_attempt_at as "nextAttemptAt", d.delivered_at as "deliveredAt", d.address_id as "addressId",
    not coalesce(w.enabled, true) as "webhookOff", d.listener_id as "listenerId",
    d.listener_id is not null and l.id is null as "listenerGone",
    d.payload_removed_at is not null as "payloadRemoved"
  from deliveries d left join webhooks w on w.id = d.webhook_id left join listeners l on l.id = d.listener_id
  where d.id = $2 and d.account_id = $1
  `,
)

const RESEND = statement(
  'resend',
  `
  update deliveries d
  set status = 'waiting', next_attempt_at = ${urgentDueAt('d.address_id', '$2')}, resend = true,
    failure_count = case when d.status = 'waiting' then d.failure_count else ${SCHEDULE_SPENT} end, finished_at = null
  where d.id = $1 and d.payload_removed_at is null
  returning 1
  `,
)

const DISCARD = statement(
  'discard',
  `update deliveries set ${discarded('$2')} where id = $1 and status = 'waiting' returning status`,
)

const RECOVERABLE = `from deliveries d left join webhooks w on w.id = d.webhook_id
  where d.account_id = $1 and d.bad_end is not null and d.trigger = 'job'
    and d.listener_id is null and d.payload_removed_at is null
    and d.created_at >= $2 and d.created_at < $3 and ($4::text is null or d.webhook_id = $4)
    and ($5::text is null or d.last_cause = $5)`

const COUNT_RECOVERABLE = statement(
  'count_recoverable',
  `
  select count(*) filter (where coalesce(w.enabled, true)) as recoverable,
    count(*) filter (where not coalesce(w.enabled, true)) as skipped
  ${RECOVERABLE}
  `,
)

export const FIND_RECOVERABLE = statement(
  'find_recoverable',
  `
  select d.id, d.created_at as "createdAt", d.address_id as "addressId" ${RECOVERABLE} and coalesce(w.enabled, true)
    and (d.created_at, d.id) > ($7, $8)
  order by d.created_at, d.id limit $6
  `,
)

/** The condition on the status is written so that no partial index can serve: the rows are found by id. */
export const RECOVER = statement(
  'recover',
  `
  update deliveries d
  set status = 'waiting', next_attempt_at = $2, failure_count = 0, resend = false, finished_at = null
  where d.id = any($1) and d.status not in ('waiting', 'sending', 'delivered')
    and d.payload_removed_at is null
    and coalesce((select w.enabled from webhooks w where w.id = d.webhook_id), true)
  returning 1
  `,
)

/** What people do with deliveries that ended, or wait: send again, give up, take up. */
export function recoveryOperations(database: Database): Pick<DeliveryStore, RecoveryName> {
  /**
   * Finds a delivery and locks its address: from then on nobody else makes it wait, or leases it while it waits. So it
   * is looked at again afterwards.
   */
  async function findLocked(connection: Connection, accountId: string, deliveryId: string): Promise<Found | null> {
    const [before] = await connection.run<Found>(FIND, [accountId, deliveryId])
    if (!before) return null
    await lockAddresses(connection, [before.addressId])
    const [found] = await connection.run<Found>(FIND, [accountId, deliveryId])
    return found ?? null
  }

  const parametersOf = ({ accountId, since, until, webhookId, cause }: RecoverFilter) => [
    accountId,
    since,
    until,
    webhookId ?? null,
    cause ?? null,
  ]

  return {
    resendDelivery: (accountId, deliveryId, now) =>
      database.transaction(async (connection) => {
        const found = await findLocked(connection, accountId, deliveryId)
        if (!found) return null
        if (found.status === 'sending') return 'sending'
        if (found.payloadRemoved) return 'payload_removed'
        if (found.webhookOff) return 'webhook_off'
        if (found.listenerGone) return 'listener_gone'
        // Retention does not lock addresses: it may have come in between.
        if ((await connection.run(RESEND, [deliveryId, now])).length === 0) return 'payload_removed'
        await letUrgentGo(connection, found.addressId, now)
        await notify(connection, found.listenerId === null ? 'deliveries' : listenerOf(found.listenerId))
        const { status, nextAttemptAt, deliveredAt } = found
        return { status, nextAttemptAt, deliveredAt }
      }),
    discardDelivery: (accountId, deliveryId, now) =>
      database.transaction(async (connection) => {
        const found = await findLocked(connection, accountId, deliveryId)
        if (found?.status !== 'waiting') return found?.status ?? null
        const [ended] = await connection.run<{ status: DeliveryStatus }>(DISCARD, [deliveryId, now])
        await planNextClaim(connection, found.addressId, now)
        return ended?.status ?? found.status
      }),
    async countRecoverable(filter) {
      const [counts] = await database.run<{ recoverable: number; skipped: number }>(
        COUNT_RECOVERABLE,
        parametersOf(filter),
      )
      return counts ?? { recoverable: 0, skipped: 0 }
    },
    recoverDeliveries: (filter, { limit, now, after }) =>
      database.transaction(async (connection) => {
        const batch = await connection.run<RecoverPlace & { addressId: string }>(FIND_RECOVERABLE, [
          ...parametersOf(filter),
          limit,
          after?.createdAt ?? filter.since,
          after?.id ?? '',
        ])
        if (batch.length === 0) return { recovered: 0, last: null }
        const addressIds = [...new Set(batch.map(({ addressId }) => addressId))]
        await lockAddresses(connection, addressIds)
        const recovered = await connection.run(RECOVER, [batch.map(({ id }) => id), now])
        await lowerReady(connection, addressIds, now)
        await notify(connection, 'deliveries')
        const last = batch.length === limit ? batch.at(-1) : undefined
        return { recovered: recovered.length, last: last ? { createdAt: last.createdAt, id: last.id } : null }
      }),
  }
}
