import type { LeasedDelivery } from '../deliveries.ts'
import type { ListenerDelivery, ListenerRow, ListenerStore } from '../listeners.ts'
import { listenerAnsweredOf, listenerOf } from '../store.ts'
import { type Connection, type Database, statement } from './database.ts'
import { enteredLeases } from './delivery-leases.ts'
import { discarded } from './discard.ts'
import { notify } from './notify.ts'

const FIELDS = `id, account_id as "accountId", name, url, webhook_id as "webhookId", job_types as "jobTypes",
  sealed_secret as "sealedSecret", created_at as "createdAt", expires_at as "expiresAt"`

/** Who adds a listener waits here for others of the account, so that the limit is exact. */
const LOCK_ACCOUNT = statement('lock_listening_account', 'select id from accounts where id = $1 for no key update')

const INSERT = statement(
  'insert_listener',
  `
  insert into listeners (id, account_id, name, url, webhook_id, job_types, sealed_secret, created_at, expires_at)
  select $1, $2, $3, $4, $5, $6, $7, $8, $9
  where (select count(*) from listeners where account_id = $2 and expires_at >= $8) < $10
  returning id
  `,
)

const FIND = statement('find_listener', `select ${FIELDS} from listeners where account_id = $1 and id = $2`)
const LIST = statement('list_listeners', `select ${FIELDS} from listeners where account_id = $1 order by id`)

const CONNECT = statement(
  'connect_listener',
  'update listeners set connection = $3, expires_at = $4 where account_id = $1 and id = $2 returning id',
)

/** Deliveries `d` of listeners that processes have under way. */
const UNDER_WAY = 'd.listened_by is not null'

const GIVE_BACK = statement(
  'give_back_unheard',
  `
  update deliveries d set status = 'waiting', next_attempt_at = $2, leased_by = null
  where ${UNDER_WAY} and d.address_id = $1 and d.id <> all($3)
  `,
)

const RENEW = statement(
  'renew_listener',
  'update listeners set expires_at = greatest(expires_at, $3) where id = $1 and connection = $2 returning id',
)

/**
 * Leases what is due for a listener if the stream is still its stream. The webhook is read as it is now: what was changed
 * is sent with the next attempt. Only the process that holds the stream asks, so rows are hardly ever locked.
 */
const CLAIM = statement(
  'claim_for_listener',
  `
  with holder as materialized (
    select id from processes where id = $3 for key share
  ),
  listener as materialized (
    select * from listeners where id = $1 and connection = $2 and exists (select from holder)
  ),
  due as materialized (
    select due.id, due.next_attempt_at from listener l cross join lateral (
      select d.id, d.next_attempt_at from deliveries d
      where d.address_id = l.id and d.next_attempt_at <= $4
      order by d.next_attempt_at, d.id
      limit $5
      for update skip locked
    ) due
  ),
  claimed as (
    update deliveries d set status = 'sending', next_attempt_at = null, leased_by = $3
    from due where d.id = due.id
    returning d.id, d.account_id, d.address_id, d.job_id, d.trigger, d.body, d.attempt_count, d.failure_count, d.resend,
      d.delivered_at, d.leased_by
  ),
  entered as (${enteredLeases('claimed')})
  select c.id, c.account_id as "accountId", null as "webhookId", c.address_id as "addressId", c.job_id as "jobId",
    c.trigger, c.body, l.url, c.attempt_count as "attemptCount", c.failure_count as "failureCount", c.resend,
    c.delivered_at is not null as "deliveredBefore",
    case when l.webhook_id is not null then w.headers end as "customHeaders",
    case when l.webhook_id is not null then w.retry_schedule end as "retrySchedule",
    coalesce(w.sealed_secret, l.sealed_secret) as "sealedSecret", w.sealed_previous_secret as "sealedPreviousSecret",
    w.previous_secret_until as "previousSecretUntil", false as probe
  from claimed c cross join listener l
  left join webhooks w on w.account_id = l.account_id
    and case when l.webhook_id is null then w.name = 'default' else w.id = l.webhook_id end
  order by c.id
  `,
)

const NEXT_DUE = statement(
  'next_listener_due',
  'select min(next_attempt_at) as "dueAt" from deliveries where address_id = $1 and next_attempt_at > $2',
)

const FIND_DELIVERY = statement(
  'find_listener_delivery',
  `
  select d.job_id as "jobId", d.trigger, d.url, d.attempt_count as "attemptCount", d.failure_count as "failureCount",
    d.resend, d.delivered_at is not null as "deliveredBefore", d.leased_by as "leasedBy",
    w.retry_schedule as "retrySchedule"
  from deliveries d join listeners l on l.id = d.listener_id left join webhooks w on w.id = l.webhook_id
  where d.account_id = $1 and d.listener_id = $2 and d.id = $3
  `,
)

const STILL_LEASED = statement(
  'list_still_leased',
  'select id from deliveries where id = any($2) and leased_by is not distinct from $1',
)

const TRIM = statement(
  'trim_listener',
  `
  update deliveries set ${discarded('$3')}
  where id in (select d.id from deliveries d where d.address_id = $1 and d.next_attempt_at is not null
    order by d.next_attempt_at desc, d.id desc offset $2) and next_attempt_at is not null
  returning 1
  `,
)

const INSERT_TEST = statement(
  'insert_listener_test',
  `
  insert into deliveries (id, account_id, listener_id, address_id, job_type, job_status, trigger, status, url,
    next_attempt_at, created_at, body)
  select $3, l.account_id, l.id, l.id, $4, $5, 'test', 'waiting', l.url, $6, $6, $7
  from listeners l where l.account_id = $1 and l.id = $2
  returning id
  `,
)

const REMOVE = statement('remove_listener', 'delete from listeners where account_id = $1 and id = $2 returning id')

const REMOVE_EXPIRED = statement('remove_expired_listeners', 'delete from listeners where expires_at < $1 returning id')

const DISCARD_WAITING = statement(
  'discard_for_listener',
  `update deliveries d set ${discarded('$2')} where d.address_id = any($1) and d.next_attempt_at is not null`,
)

const DISCARD_UNDER_WAY = statement(
  'discard_under_way_for_listener',
  `update deliveries d set ${discarded('$2')}, leased_by = null where ${UNDER_WAY} and d.address_id = any($1)`,
)

/** A job that ended in a transaction that began before a listener was removed leaves it a delivery. */
const DISCARD_ORPHANS = statement(
  'discard_orphans_of_listeners',
  `
  update deliveries d set ${discarded('$1')}
  where d.listener_id is not null and d.next_attempt_at is not null
    and not exists (select from listeners l where l.id = d.listener_id)
  `,
)

/** Listeners. Their deliveries have no address, so nothing here locks one. */
export function listenerOperations(database: Database): ListenerStore {
  async function discardFor(connection: Connection, listenerIds: readonly string[], now: number): Promise<void> {
    if (listenerIds.length === 0) return
    await connection.run(DISCARD_WAITING, [listenerIds, now])
    await connection.run(DISCARD_UNDER_WAY, [listenerIds, now])
  }

  return {
    insertListener: (listener, listenersMax) =>
      database.transaction(async (connection) => {
        const { id, accountId, name, url, webhookId, jobTypes, sealedSecret, createdAt, expiresAt } = listener
        await connection.run(LOCK_ACCOUNT, [accountId])
        const values = [id, accountId, name, url, webhookId, jobTypes, sealedSecret, createdAt, expiresAt]
        return (await connection.run(INSERT, [...values, listenersMax])).length > 0
      }),
    async findListener(accountId, listenerId) {
      const [row] = await database.run<ListenerRow>(FIND, [accountId, listenerId])
      return row ?? null
    },
    listListeners: (accountId) => database.run<ListenerRow>(LIST, [accountId]),
    connectListener: ({ accountId, listenerId, connection: stream, inHand, now, expiresAt }) =>
      database.transaction(async (connection) => {
        const connected = await connection.run(CONNECT, [accountId, listenerId, stream, expiresAt])
        if (connected.length === 0) return false
        await connection.run(GIVE_BACK, [listenerId, now, inHand])
        return true
      }),
    async renewListener({ listenerId, connection, expiresAt }) {
      return (await database.run(RENEW, [listenerId, connection, expiresAt])).length > 0
    },
    claimForListener: ({ listenerId, connection, processId, limit, now }) =>
      database.run<LeasedDelivery>(CLAIM, [listenerId, connection, processId, now, limit]),
    async nextListenerDueAt(listenerId, now) {
      const [row] = await database.run<{ dueAt: number | null }>(NEXT_DUE, [listenerId, now])
      return row?.dueAt ?? null
    },
    async findListenerDelivery(accountId, listenerId, deliveryId) {
      const [row] = await database.run<ListenerDelivery>(FIND_DELIVERY, [accountId, listenerId, deliveryId])
      return row ?? null
    },
    async listStillLeased(processId, deliveryIds) {
      const rows = await database.run<{ id: string }>(STILL_LEASED, [processId, deliveryIds])
      return rows.map(({ id }) => id)
    },
    tellListenerAnswered: (listenerId) => notify(database, listenerAnsweredOf(listenerId)),
    async trimListener(listenerId, waitingMax, now) {
      return (await database.run(TRIM, [listenerId, waitingMax, now])).length
    },
    insertListenerTest: ({ id, accountId, listenerId, jobType, jobStatus, body, createdAt }) =>
      database.transaction(async (connection) => {
        const values = [accountId, listenerId, id, jobType, jobStatus, createdAt, body]
        if ((await connection.run(INSERT_TEST, values)).length === 0) return false
        await notify(connection, listenerOf(listenerId))
        return true
      }),
    removeListener: (accountId, listenerId, now) =>
      database.transaction(async (connection) => {
        const removed = await connection.run(REMOVE, [accountId, listenerId])
        if (removed.length === 0) return false
        await discardFor(connection, [listenerId], now)
        return true
      }),
    removeExpiredListeners: (now) =>
      database.transaction(async (connection) => {
        const expired = await connection.run<{ id: string }>(REMOVE_EXPIRED, [now])
        const ids = expired.map(({ id }) => id)
        await discardFor(connection, ids, now)
        await connection.run(DISCARD_ORPHANS, [now])
        return ids.length
      }),
  }
}
