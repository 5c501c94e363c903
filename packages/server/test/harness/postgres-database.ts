import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { systemClock } from '../../src/lib/clock.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres.ts'

/** A database of one test file. */
export interface TestDatabase {
  readonly url: string
  /** Removes it, and whoever is still connected. */
  drop(): Promise<void>
}

/**
 * Makes a fresh, empty database on a test cluster, or a copy of the database named `template`, to which nobody may be
 * connected then.
 */
export async function createDatabase(adminUrl: string, template = 'template1'): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await runAsAdmin(adminUrl, `create database ${name} template ${template}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: () => runAsAdmin(adminUrl, `drop database if exists ${name} with (force)`),
  }
}

/** Makes a database with all migrations and no rows, to copy with {@link createDatabase}; gives its name. */
export async function makeMigratedTemplate(adminUrl: string): Promise<string> {
  const { url } = await createDatabase(adminUrl)
  const store = await openPostgresStore({ url, clock: systemClock })
  await store.close()
  const name = new URL(url).pathname.slice(1)
  // Whoever is connected to a template keeps it from being copied: now nobody can be, autovacuum included.
  await runAsAdmin(adminUrl, `alter database ${name} with allow_connections false`)
  return name
}

async function runAsAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
