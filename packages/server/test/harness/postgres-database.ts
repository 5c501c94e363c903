import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

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

async function runAsAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
