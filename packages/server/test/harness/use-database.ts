import { afterAll, beforeAll } from 'vitest'
import { createDatabase, type TestDatabase } from './postgres-database.ts'

/** An empty database for the tests of the present `describe`; gives the function that tells its URL. */
export function useDatabase(adminUrl: string): () => string {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase(adminUrl)
  })
  afterAll(() => database.drop())
  return () => database.url
}
