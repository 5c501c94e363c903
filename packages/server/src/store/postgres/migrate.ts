import type { Client } from 'pg'
import { type AppliedMigration, planMigrations, readMigrations } from '../migrations.ts'

/** Any number that no other program takes on the same database: "ringback" on a telephone, 7464-2225. */
const MIGRATION_LOCK = 74_642_225

/**
 * Brings the schema to this program's version. All in one transaction behind an advisory lock: of twenty processes that
 * start at once one migrates and the others find it done, and a crash leaves the old schema or the new one.
 * @throws StartError when the database is newer, is older and may not be upgraded, or a released migration was changed
 */
export async function migrate(client: Client, now: number, mayUpgrade = true): Promise<void> {
  const known = readMigrations(new URL('./migrations/', import.meta.url))
  await client.query('begin')
  try {
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await client.query(`create table if not exists schema_migrations (
      version integer primary key, name text not null, hash text not null, applied_at bigint not null)`)
    const applied = await client.query<AppliedMigration>('select version, name, hash from schema_migrations')
    for (const { version, name, hash, sql } of planMigrations(known, applied.rows, mayUpgrade)) {
      await client.query('insert into schema_migrations (version, name, hash, applied_at) values ($1, $2, $3, $4)', [
        version,
        name,
        hash,
        now,
      ])
      await client.query(sql)
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}
