import type { DeliveryStatus } from '@ringback/contract'
import {
  type BeforeResend,
  type DeliveryStore,
  type RecoverFilter,
  type RecoverPlace,
  SCHEDULE_SPENT,
} from '../deliveries.ts'
import { listenerOf, type WorkKind } from '../store.ts'
import { type Addresses, URGENT_DUE_AT } from './addresses.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'
import { DISCARDED } from './webhooks.ts'

/** The methods of this file. */
export type RecoveryName = 'resendDelivery' | 'discardDelivery' | 'countRecoverable' | 'recoverDeliveries'

interface Found extends BeforeResend {
  addressId: string
  listenerId: string | null
  webhookOff: number
  listenerGone: number
  payloadRemoved: number
}

/** What people do with deliveries that ended, or wait: send again, give up, take up. */
export function recoveryOperations(
  database: Database,
  addresses: Addresses,
  wake: (kind: WorkKind) => void,
): Synchronous<Pick<DeliveryStore, RecoveryName>> {
  const find = database.prepare<Found>(
    `select d.status, d.next_attempt_at as nextAttemptAt, d.delivered_at as deliveredAt, d.address_id as addressId,
       d.webhook_id is not null and not w.enabled as webhookOff, d.listener_id as listenerId,
       d.listener_id is not null and l.id is null as listenerGone,
       d.payload_removed_at is not null as payloadRemoved
     from deliveries d left join webhooks w on w.id = d.webhook_id left join listeners l on l.id = d.listener_id where d.account_id = ? and d.id = ?`,
  )
  const resendWaiting = database.prepare(
    `update deliveries set next_attempt_at = ${URGENT_DUE_AT}, resend = 1 where id = ?3`,
  )
  const resendEnded = database.prepare(
    `update deliveries set status = 'waiting', next_attempt_at = ${URGENT_DUE_AT}, resend = 1,
       failure_count = ${SCHEDULE_SPENT}, finished_at = null
     where id = ?3`,
  )
  const discard = database.prepare<{ status: DeliveryStatus }>(
    `update deliveries set ${DISCARDED} where account_id = ?2 and id = ?3 and status = 'waiting' returning status`,
  )
  const RECOVERABLE = `from deliveries d left join webhooks w on w.id = d.webhook_id
    where d.account_id = ?1 and d.status in ('failed', 'discarded') and d.trigger = 'job' and d.listener_id is null
      and d.payload_removed_at is null
      and d.created_at >= ?2 and d.created_at < ?3 and (?4 is null or d.webhook_id = ?4)
      and (?5 is null or d.last_cause = ?5)`
  const count = database.prepare<{ recoverable: number; skipped: number }>(
    `select coalesce(sum(coalesce(w.enabled, 1)), 0) as recoverable,
       coalesce(sum(not coalesce(w.enabled, 1)), 0) as skipped
     ${RECOVERABLE}`,
  )
  const findBatch = database.prepare<RecoverPlace & { addressId: string }>(
    `select d.id, d.created_at as createdAt, d.address_id as addressId ${RECOVERABLE} and coalesce(w.enabled, 1)
       and (d.created_at, d.id) > (?7, ?8)
     order by d.created_at, d.id limit +?6`,
  )
  const recover = database.prepare(
    `update deliveries set status = 'waiting', next_attempt_at = ?, failure_count = 0, resend = 0, finished_at = null
     where id = ?`,
  )

  const parametersOf = ({ accountId, since, until, webhookId, cause }: RecoverFilter) =>
    [accountId, since, until, webhookId ?? null, cause ?? null] as const

  return {
    resendDelivery(accountId, deliveryId, now) {
      const found = find.get(accountId, deliveryId)
      if (!found) return null
      if (found.status === 'sending') return 'sending'
      if (found.payloadRemoved === 1) return 'payload_removed'
      if (found.webhookOff === 1) return 'webhook_off'
      if (found.listenerGone === 1) return 'listener_gone'
      const statement = found.status === 'waiting' ? resendWaiting : resendEnded
      statement.run(now, found.addressId, deliveryId)
      addresses.hasUrgent(found.addressId, now)
      wake(found.listenerId === null ? 'deliveries' : listenerOf(found.listenerId))
      const { status, nextAttemptAt, deliveredAt } = found
      return { status, nextAttemptAt, deliveredAt }
    },
    discardDelivery(accountId, deliveryId, now) {
      const found = find.get(accountId, deliveryId)
      if (!found) return null
      const discarded = discard.get(now, accountId, deliveryId)
      if (!discarded) return found.status
      addresses.planNextClaim(found.addressId, now)
      return discarded.status
    },
    countRecoverable: (filter) => count.get(...parametersOf(filter)) as { recoverable: number; skipped: number },
    recoverDeliveries(filter, { limit, now, after }) {
      const batch = findBatch.all(...parametersOf(filter), limit, after?.createdAt ?? filter.since, after?.id ?? '')
      for (const { id } of batch) recover.run(now, id)
      for (const addressId of new Set(batch.map((row) => row.addressId))) addresses.waitsUntil(addressId, now)
      if (batch.length > 0) wake('deliveries')
      const last = batch.length === limit ? batch.at(-1) : undefined
      return { recovered: batch.length, last: last ? { createdAt: last.createdAt, id: last.id } : null }
    },
  }
}
