import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { createDatabase } from '../../../test/harness/postgres-database.ts'
import { systemClock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import { readMigrations } from '../migrations.ts'
import type { Store } from '../store.ts'
import { readNumbers, toColumn, toJsonColumn } from './columns.ts'
import { connectionOptions } from './database.ts'
import { openPostgresStore } from './postgres.ts'
import { RECORD_SUCCESSES } from './record-attempt.ts'

const before = readMigrations(new URL('./migrations/', import.meta.url)).filter(({ version }) => version < 15)

/** A process that has a delivery, in the schema of any version. */
const insertDelivery = (id: string, status: string, leasedBy: string | null, change = 'null, null') => `
  insert into deliveries (id, account_id, webhook_id, address_id, job_type, job_status, trigger, status, leased_by,
    created_at, body, next_attempt_at, finished_at)
  values ('${id}', 'account', 'webhook', 'webhook', 'content_translate', 'success', 'job', '${status}',
    ${leasedBy === null ? 'null' : `'${leasedBy}'`}, 1, '{}', ${change})`

const PARENTS = `
  insert into accounts (id, name, created_at) values ('account', 'default', 1);
  insert into webhooks (id, account_id, name, enabled, url, sealed_secret, created_at, updated_at)
    values ('webhook', 'account', 'default', true, 'https://receiver.example/', 'sealed', 1, 1);
  insert into addresses (id, account_id, webhook_id, ready_at, created_at) values ('webhook', 'account', 'webhook', 5, 1);`

describePostgres('leases of deliveries', (adminUrl) => {
  let client: Client
  let open: () => Promise<Store>
  let store: Store | undefined
  beforeEach(async () => {
    const database = await createDatabase(adminUrl)
    client = new Client(connectionOptions(database.url))
    await client.connect()
    open = async () => {
      store = await openPostgresStore({ url: database.url, clock: systemClock, poolMax: 2 })
      return store
    }
    return async () => {
      await client.end()
      await database.drop()
    }
  })
  // Before the database is dropped.
  afterEach(async () => {
    await store?.close()
    store = undefined
  })

  const entered = async () => (await client.query('select * from delivery_leases')).rows
  const enter = (id: string) => store?.insertProcess({ id, host: 'here', pid: 1, startedAt: 1, expiresAt: 9 })

  async function migrateBefore(): Promise<void> {
    await client.query('create table schema_migrations (version integer, name text, hash text, applied_at bigint)')
    for (const { version, name, hash, sql } of before) {
      await client.query(sql)
      await client.query('insert into schema_migrations values ($1, $2, $3, 0)', [version, name, hash])
    }
  }

  test('what was leased, waits and has ended before the migration is released, claimed and listed after it', async () => {
    await migrateBefore()
    await client.query(PARENTS)
    await client.query(`insert into processes (id, host, pid, started_at, expires_at) values ('old', '', 1, 0, 0)`)
    await client.query(insertDelivery('leased', 'sending', 'old'))
    await client.query(insertDelivery('waiting', 'waiting', null, '5, null'))
    await client.query(insertDelivery('failed', 'failed', null, 'null, 6'))
    await client.query(insertDelivery('discarded', 'discarded', null, 'null, 7'))
    await client.query(insertDelivery('delivered', 'delivered', null, 'null, 8'))
    const { listDeliveries, listFailedDeliveries, claimDeliveries, releaseProcess } = await open()
    const listed = async (status?: 'failed' | 'discarded' | 'waiting' | 'delivered' | 'sending') =>
      (await listDeliveries({ accountId: 'account', limit: 10, ...(status && { status }) })).map(({ id }) => id)
    expect(await listed('failed')).toEqual(['failed'])
    expect(await listed('discarded')).toEqual(['discarded'])
    expect(await listed('waiting')).toEqual(['waiting'])
    expect(await listed('delivered')).toEqual(['delivered'])
    expect(await listed('sending')).toEqual(['leased'])
    expect(await listFailedDeliveries({ since: 5, toldBefore: 0, limit: 10 })).toMatchObject([
      { failed: 1, firstAt: 6 },
    ])
    // What the old version leases while it still runs is in no row of delivery_leases either.
    expect(await releaseProcess('old', 20)).toEqual({ jobs: 0, deliveries: 1 })
    await enter('new')
    const claimed = await claimDeliveries({ processId: 'new', limit: 10, now: 30 })
    expect(claimed.map(({ id }) => id)).toEqual(['waiting', 'leased'])
  })

  test('a heartbeat forgets what was leased together when all of it has ended, and nothing before', async () => {
    const { claimDeliveries, renewProcess, releaseProcess } = await open()
    await client.query(PARENTS)
    await enter('process')
    await client.query(insertDelivery('first', 'waiting', null, '5, null'))
    await client.query(insertDelivery('second', 'waiting', null, '6, null'))
    expect(await claimDeliveries({ processId: 'process', limit: 10, now: 30 })).toHaveLength(2)
    const leases = [{ process_id: 'process', delivery_ids: expect.arrayContaining(['first', 'second']) }]
    expect(await renewProcess('process', 40)).toBe(true)
    expect(await entered()).toEqual(leases)
    await client.query(`update deliveries set leased_by = null, status = 'delivered' where id = 'first'`)
    await renewProcess('process', 50)
    expect(await entered()).toEqual(leases)
    await client.query(`update deliveries set leased_by = null, status = 'delivered' where id = 'second'`)
    await renewProcess('process', 60)
    expect(await entered()).toEqual([])
    expect(await releaseProcess('process', 70)).toEqual({ jobs: 0, deliveries: 0 })
  })

  test('a process that ends gives back what it has and not what others have by now, and leaves no lease', async () => {
    const { claimDeliveries, releaseProcess } = await open()
    await client.query(PARENTS)
    await enter('process')
    for (const id of ['kept', 'taken', 'ended']) await client.query(insertDelivery(id, 'waiting', null, '5, null'))
    await claimDeliveries({ processId: 'process', limit: 10, now: 30 })
    await client.query(`update deliveries set leased_by = 'other' where id = 'taken'`)
    await client.query(`update deliveries set leased_by = null, status = 'delivered' where id = 'ended'`)
    expect(await releaseProcess('process', 40)).toEqual({ jobs: 0, deliveries: 1 })
    expect(await entered()).toEqual([])
    const { rows } = await client.query('select id, status, leased_by from deliveries order by id')
    expect(rows).toEqual([
      { id: 'ended', status: 'delivered', leased_by: null },
      { id: 'kept', status: 'waiting', leased_by: null },
      { id: 'taken', status: 'sending', leased_by: 'other' },
    ])
  })

  test('the ids of a full batch stay on their page as they are, neither compressed nor moved out', async () => {
    const { claimDeliveries } = await open()
    await client.query(PARENTS)
    const processId = newId()
    await enter(processId)
    for (let n = 0; n < 200; n++) await client.query(insertDelivery(newId(), 'waiting', null, '5, null'))
    expect(await claimDeliveries({ processId, limit: 200, now: 30 })).toHaveLength(200)
    const { rows } =
      await client.query(`select cardinality(delivery_ids) as ids, pg_column_compression(delivery_ids) as compression,
      pg_relation_size(reltoastrelid) as "movedBytes" from delivery_leases, pg_class where relname = 'delivery_leases'`)
    expect(rows).toEqual([{ ids: 200, compression: null, movedBytes: 0 }])
  })

  test('the end of a delivery that went well writes no index, but for a few', async () => {
    await open()
    await client.query(PARENTS)
    await enter('process')
    const ids = Array.from({ length: 200 }, (_, n) => `delivery ${n}`)
    for (const id of ids) await client.query(insertDelivery(id, 'sending', 'process'))
    const column = (value: string | number | boolean | null) => toColumn(ids, () => value)
    await client.query('begin')
    const { rows: answers } = await client.query<{ recorded: string }>(RECORD_SUCCESSES.text, [
      ...[toColumn(ids, (id) => id), column('process'), column('delivered'), column(null), column(9)],
      ...[column('webhook'), column(true), column(true), column(false), column(1), column(8), column(null)],
      ...[column(null), column('https://receiver.example/'), toJsonColumn(ids, () => []), column(200)],
      ...[toJsonColumn(ids, () => []), column(null), column(false), ...Array(6).fill(column(1)), '{}', '{}'],
    ])
    expect(readNumbers(answers[0]?.recorded ?? '')).toHaveLength(ids.length)
    const { rows } = await client.query<{
      updated: number
      inPlace: number
    }>(`select pg_stat_get_xact_tuples_updated('deliveries'::regclass) as updated,
      pg_stat_get_xact_tuples_hot_updated('deliveries'::regclass) as "inPlace"`)
    await client.query('commit')
    expect(rows[0]?.updated).toBe(ids.length)
    // In each page the last row may find no room any more: the new one is longer by its two times.
    expect(rows[0]?.inPlace).toBeGreaterThan(ids.length * 0.9)
  })
})
