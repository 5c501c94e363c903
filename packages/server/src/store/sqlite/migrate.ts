import { type AppliedMigration, planMigrations, readMigrations } from '../migrations.ts'
import type { Database } from './database.ts'

/**
 * Brings the schema to this program's version. All in one transaction that holds the write lock: of twenty processes
 * that start at once one migrates and the others find it done, and a crash leaves the old schema or the new one.
 * @throws StartError when the database is newer, is older and may not be upgraded, or a released migration was changed
 */
export function migrate(database: Database, now: number, mayUpgrade = true): void {
  const known = readMigrations(new URL('./migrations/', import.meta.url))
  database.transaction(() => {
    database.exec(`create table if not exists schema_migrations (
      version integer primary key, name text not null, hash text not null, applied_at integer not null) strict`)
    const applied = database.query<AppliedMigration>('select version, name, hash from schema_migrations', [])
    const insert = database.prepare(
      'insert into schema_migrations (version, name, hash, applied_at) values (?, ?, ?, ?)',
    )
    for (const migration of planMigrations(known, applied, mayUpgrade)) {
      database.execMigration(migration.sql)
      insert.run(migration.version, migration.name, migration.hash, now)
    }
  })
}
