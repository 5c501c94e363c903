import type { TestProject } from 'vitest/node'
import { messageOf } from '../../src/lib/errors.ts'
import { startPostgresCluster } from './postgres-cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The PostgreSQL server of this test run, or why there is none. */
    postgres: { readonly adminUrl: string } | { readonly reason: string }
  }
}

/**
 * Starts one PostgreSQL server for the whole run (about one second) and gives its address to every test file. Where it
 * cannot run, says why once; the tests that need it are then skipped with that reason.
 */
export default async function startPostgres(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  try {
    const cluster = await startPostgresCluster({ durable: false })
    project.provide('postgres', { adminUrl: cluster.adminUrl })
    return cluster.stop
  } catch (error) {
    const reason = `no PostgreSQL for tests: ${messageOf(error)}`
    console.warn(`${reason}\nTests that need it are skipped.`)
    project.provide('postgres', { reason })
    return undefined
  }
}
