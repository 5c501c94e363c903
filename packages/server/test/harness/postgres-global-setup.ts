import type { TestProject } from 'vitest/node'
import { messageOf } from '../../src/lib/errors.ts'
import { type PostgresCluster, startPostgresCluster } from './postgres-cluster.ts'
import { makeMigratedTemplate } from './postgres-database.ts'

/** The PostgreSQL server of a test run. */
export interface TestPostgres {
  readonly adminUrl: string
  /** A database that the migrations were applied to and nothing else: copying it takes a third of the time of migrating. */
  readonly migratedTemplate: string
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL server of this test run, or why there is none. */
    postgres: TestPostgres | { readonly reason: string }
  }
}

/**
 * Starts one PostgreSQL server for the whole run (about one second) and gives its address to every test file. Where it
 * cannot run, says why once; the tests that need it are then skipped with that reason.
 */
export default async function startPostgres(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  let cluster: PostgresCluster
  try {
    cluster = await startPostgresCluster({ durable: false })
  } catch (error) {
    const reason = `no PostgreSQL for tests: ${messageOf(error)}`
    console.warn(`${reason}\nTests that need it are skipped.`)
    project.provide('postgres', { reason })
    return undefined
  }
  const { adminUrl, stop } = cluster
  try {
    project.provide('postgres', { adminUrl, migratedTemplate: await makeMigratedTemplate(adminUrl) })
    return stop
  } catch (error) {
    // Migrations that fail are no reason to skip anything.
    await stop()
    throw error
  }
}
