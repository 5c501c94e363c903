import type { LeasedDelivery } from '../deliveries.ts'
import type { ListenerDelivery, ListenerRow, ListenerStore } from '../listeners.ts'
import { listenerAnsweredOf, listenerOf, type WorkKind } from '../store.ts'
import type { Database } from './database.ts'
import { createIsLeaseholder } from './leaseholders.ts'
import type { Synchronous } from './synchronous.ts'
import { DISCARDED } from './webhooks.ts'

const FIELDS = `id, account_id as accountId, name, url, webhook_id as webhookId, job_types as jobTypes,
  sealed_secret as sealedSecret, created_at as createdAt, expires_at as expiresAt`

/** The webhook whose secret signs what listener `l` gets. */
const SIGNED_BY = `w.id = coalesce(l.webhook_id,
  (select s.id from webhooks s where s.account_id = l.account_id and s.name = 'default'))`

/** What `finishJob` must know of the listeners of an account; few accounts have any, and then for minutes. */
export const LISTENER_TARGETS = `
  select l.id, l.url, l.job_types as jobTypes, w.include_result as includeResult,
    case when l.webhook_id is not null then w.job_types end as webhookJobTypes,
    case when l.webhook_id is not null then w.job_statuses end as jobStatuses
  from listeners l join webhooks w on ${SIGNED_BY}
  where l.account_id = ? and w.deleted_at is null`

export interface ListenerTarget {
  readonly id: string
  readonly url: string
  readonly jobTypes: string | null
  readonly includeResult: number
  readonly webhookJobTypes: string | null
  readonly jobStatuses: string | null
}

/** Deliveries of listener `?2` that processes have under way: found by lease, like all that is under way. */
const UNDER_WAY = `select d.id from processes p cross join deliveries d
  where d.leased_by = p.id and d.leased_by is not null and d.address_id = ?2`

type StoredLease = Omit<LeasedDelivery, 'probe' | 'resend' | 'deliveredBefore'> & {
  resend: number
  deliveredBefore: number
}

/** Listeners. `wake` is told what may be due for one. */
export function listenerOperations(database: Database, wake: (kind: WorkKind) => void): Synchronous<ListenerStore> {
  const isLeaseholder = createIsLeaseholder(database)
  const insert = database.prepare(
    `insert into listeners (id, account_id, name, url, webhook_id, job_types, sealed_secret, created_at, expires_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const countPresent = database.prepare<{ count: number }>(
    'select count(*) as count from listeners where account_id = ? and expires_at >= ?',
  )
  const find = database.prepare<ListenerRow>(`select ${FIELDS} from listeners where account_id = ? and id = ?`)
  const list = database.prepare<ListenerRow>(`select ${FIELDS} from listeners where account_id = ? order by id`)
  const connect = database.prepare(
    'update listeners set connection = ?, expires_at = ? where account_id = ? and id = ?',
  )
  const giveBack = database.prepare(
    `update deliveries set status = 'waiting', next_attempt_at = ?1, leased_by = null
     where id in (${UNDER_WAY}) and id not in (select value from json_each(?3))`,
  )
  const renew = database.prepare('update listeners set expires_at = max(expires_at, ?) where id = ? and connection = ?')
  const isConnected = database.prepare('select 1 from listeners where id = ? and connection = ?')
  const lease = database.prepare<{ id: string }>(
    `update deliveries set status = 'sending', leased_by = ?1, next_attempt_at = null
     where id in (select d.id from deliveries d
       where d.address_id = ?2 and d.next_attempt_at is not null and d.next_attempt_at <= ?3
       order by d.next_attempt_at, d.id limit +?4)
     returning id`,
  )
  const findLeased = database.prepare<StoredLease>(
    `select d.id, d.account_id as accountId, null as webhookId, d.job_id as jobId, d.trigger, d.body, l.url,
       d.attempt_count as attemptCount, d.failure_count as failureCount, d.address_id as addressId, d.resend,
       d.delivered_at is not null as deliveredBefore,
       case when l.webhook_id is not null then w.headers end as customHeaders,
       case when l.webhook_id is not null then w.retry_schedule end as retrySchedule,
       coalesce(w.sealed_secret, l.sealed_secret) as sealedSecret, w.sealed_previous_secret as sealedPreviousSecret,
       w.previous_secret_until as previousSecretUntil
     from json_each(?) i cross join deliveries d on d.id = i.value join listeners l on l.id = d.listener_id
     left join webhooks w on ${SIGNED_BY} order by d.id`,
  )
  const nextDue = database.prepare<{ dueAt: number | null }>(
    'select min(next_attempt_at) as dueAt from deliveries where address_id = ? and next_attempt_at > ?',
  )
  const findDelivery = database.prepare<
    Omit<ListenerDelivery, 'resend' | 'deliveredBefore'> & { resend: number; deliveredBefore: number }
  >(
    `select d.job_id as jobId, d.trigger, d.url, d.attempt_count as attemptCount, d.failure_count as failureCount,
       d.resend, d.delivered_at is not null as deliveredBefore, d.leased_by as leasedBy, w.retry_schedule as retrySchedule
     from deliveries d join listeners l on l.id = d.listener_id left join webhooks w on w.id = l.webhook_id
     where d.account_id = ? and d.listener_id = ? and d.id = ?`,
  )
  const stillLeased = database.prepare<{ id: string }>(
    'select id from deliveries where id in (select value from json_each(?)) and leased_by = ?',
  )
  const trim = database.prepare(
    `update deliveries set ${DISCARDED}
     where id in (select d.id from deliveries d where d.address_id = ?2 and d.next_attempt_at is not null
       order by d.next_attempt_at desc, d.id desc limit -1 offset +?3)`,
  )
  const insertTest = database.prepare(
    `insert into deliveries (id, account_id, listener_id, address_id, job_type, job_status, trigger, status, url,
       next_attempt_at, created_at, body)
     select ?3, l.account_id, l.id, l.id, ?4, ?5, 'test', 'waiting', l.url, ?6, ?6, ?7
     from listeners l where l.account_id = ?1 and l.id = ?2`,
  )
  const remove = database.prepare('delete from listeners where id = ?')
  const discardWaiting = database.prepare(
    `update deliveries set ${DISCARDED} where address_id = ?2 and next_attempt_at is not null`,
  )
  const discardUnderWay = database.prepare(
    `update deliveries set ${DISCARDED}, leased_by = null where id in (${UNDER_WAY})`,
  )
  const listExpired = database.prepare<{ id: string }>('select id from listeners where expires_at < ?')
  const discardOrphans = database.prepare(
    `update deliveries set ${DISCARDED}
     where listener_id is not null and next_attempt_at is not null and listener_id not in (select id from listeners)`,
  )

  function forget(listenerId: string, now: number) {
    remove.run(listenerId)
    discardWaiting.run(now, listenerId)
    discardUnderWay.run(now, listenerId)
  }

  return {
    insertListener(listener, listenersMax) {
      const { id, accountId, name, url, webhookId, jobTypes, sealedSecret, createdAt, expiresAt } = listener
      if ((countPresent.get(accountId, createdAt)?.count ?? 0) >= listenersMax) return false
      insert.run(id, accountId, name, url, webhookId, jobTypes, sealedSecret, createdAt, expiresAt)
      return true
    },
    findListener: (accountId, listenerId) => find.get(accountId, listenerId) ?? null,
    listListeners: (accountId) => list.all(accountId),
    connectListener({ accountId, listenerId, connection, inHand, now, expiresAt }) {
      if (connect.run(connection, expiresAt, accountId, listenerId) === 0) return false
      giveBack.run(now, listenerId, JSON.stringify(inHand))
      return true
    },
    renewListener: ({ listenerId, connection, expiresAt }) => renew.run(expiresAt, listenerId, connection) > 0,
    claimForListener({ listenerId, connection, processId, limit, now }) {
      if (!isLeaseholder(processId) || !isConnected.get(listenerId, connection)) return []
      const ids = lease.all(processId, listenerId, now, limit).map(({ id }) => id)
      return findLeased.all(JSON.stringify(ids)).map((delivery) => ({
        ...delivery,
        probe: false,
        resend: delivery.resend === 1,
        deliveredBefore: delivery.deliveredBefore === 1,
      }))
    },
    nextListenerDueAt: (listenerId, now) => nextDue.get(listenerId, now)?.dueAt ?? null,
    findListenerDelivery(accountId, listenerId, deliveryId) {
      const row = findDelivery.get(accountId, listenerId, deliveryId)
      return row ? { ...row, resend: row.resend === 1, deliveredBefore: row.deliveredBefore === 1 } : null
    },
    listStillLeased: (processId, deliveryIds) =>
      stillLeased.all(JSON.stringify(deliveryIds), processId).map(({ id }) => id),
    tellListenerAnswered(listenerId) {
      wake(listenerAnsweredOf(listenerId))
    },
    trimListener: (listenerId, waitingMax, now) => trim.run(now, listenerId, waitingMax),
    insertListenerTest({ id, accountId, listenerId, jobType, jobStatus, body, createdAt }) {
      if (insertTest.run(accountId, listenerId, id, jobType, jobStatus, createdAt, body) === 0) return false
      wake(listenerOf(listenerId))
      return true
    },
    removeListener(accountId, listenerId, now) {
      if (!find.get(accountId, listenerId)) return false
      forget(listenerId, now)
      return true
    },
    removeExpiredListeners(now) {
      const expired = listExpired.all(now)
      for (const { id } of expired) forget(id, now)
      discardOrphans.run(now)
      return expired.length
    },
  }
}
