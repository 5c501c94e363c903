import { createDatabase, type TestDatabase } from './postgres-database.ts'
import type { EngineDatabase } from './ringback.ts'
import { type Lifetime, useOwn } from './use-own.ts'

/** A database of an engine for each test of a suite, or one for all of them. */
export function useEngineDatabase(create: () => Promise<EngineDatabase>, lifetime?: Lifetime): EngineDatabase {
  return useOwn(create, (database) => database.drop(), lifetime)
}

/** An empty PostgreSQL database for the tests of the present `describe`; gives the function that tells its URL. */
export function useDatabase(adminUrl: string): () => string {
  const database: TestDatabase = useOwn(
    () => createDatabase(adminUrl),
    ({ drop }) => drop(),
    'suite',
  )
  return () => database.url
}
