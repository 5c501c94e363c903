import { Client } from 'pg'
import { beforeEach, expect, test } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { createDatabase } from '../../../test/harness/postgres-database.ts'
import { systemClock } from '../../lib/clock.ts'
import { EXIT_CODES, StartError } from '../../lib/errors.ts'
import { expectUpgraded, OLD_ROWS } from '../conformance/upgrade.ts'
import { readMigrations } from '../migrations.ts'
import { openPostgresStore } from './postgres.ts'

const known = readMigrations(new URL('./migrations/', import.meta.url))

describePostgres('PostgreSQL migrations', (adminUrl) => {
  let url: string
  beforeEach(async () => {
    const database = await createDatabase(adminUrl)
    url = database.url
    return database.drop
  })

  const open = () => openPostgresStore({ url, clock: systemClock, poolMax: 1 })

  async function query<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query<Row>(sql, parameters)
    await client.end()
    return rows
  }

  const refusal = async () => {
    const refused = await open().catch((error: unknown) => error)
    if (refused instanceof StartError) return refused
    throw new Error('the store opened')
  }

  test('twenty stores that open an empty database at once migrate it once, and all work', async () => {
    const stores = await Promise.all(Array.from({ length: 20 }, open))
    await Promise.all(stores.map((store) => store.ping()))
    await Promise.all(stores.map((store) => store.close()))
    const rows = await query('select version, name, hash from schema_migrations order by version')
    expect(rows).toEqual(known.map(({ version, name, hash }) => ({ version, name, hash })))
  })

  test('a database of the first version is taken over with all that waits in it', async () => {
    const initial = known[0]
    await query(`${initial?.sql}
      create table schema_migrations (version integer primary key, name text, hash text, applied_at bigint);
      insert into schema_migrations values (1, '${initial?.name}', '${initial?.hash}', 0);
      ${OLD_ROWS}`)
    // A command that is not for it leaves the old version its schema.
    const refused = openPostgresStore({ url, clock: systemClock, poolMax: 1, mayUpgrade: false })
    await expect(refused).rejects.toMatchObject({ exitCode: EXIT_CODES.olderDatabase })
    expect(await query('select version from schema_migrations')).toEqual([{ version: 1 }])
    const store = await open()
    await expectUpgraded(store)
    await store.close()
  })

  test('a database that was written by a newer version is refused and stays as it is', async () => {
    await (await open()).close()
    await query(`insert into schema_migrations values (9999, '9999_future', 'hash', 0)`)
    const refused = await refusal()
    expect(refused.exitCode).toBe(EXIT_CODES.newerDatabase)
    expect(refused.problems).toEqual([expect.stringContaining('9999_future')])
    expect(await query('select 1 from schema_migrations')).toHaveLength(known.length + 1)
  })

  test('a database whose migrations were others is refused', async () => {
    await (await open()).close()
    await query(`update schema_migrations set hash = 'other' where version = 1`)
    const refused = await refusal()
    expect(refused.exitCode).toBe(EXIT_CODES.unexpected)
    expect(refused.problems).toEqual([expect.stringContaining('0001_initial')])
  })

  test('a migration that fails leaves nothing behind', async () => {
    await query('create table webhooks (id text)')
    const refused = await refusal()
    expect(refused.problems).toEqual([expect.stringContaining('relation "webhooks" already exists')])
    expect(await query(`select 1 from pg_tables where tablename in ('accounts', 'schema_migrations')`)).toEqual([])
  })
})
