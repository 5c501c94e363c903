import { afterAll, beforeAll } from 'vitest'
import { type Lifetime, lifeOf } from './lifetime.ts'
import { createDatabase, type TestDatabase } from './postgres-database.ts'
import type { EngineDatabase } from './ringback.ts'

/** An empty database for the tests of the present `describe`; gives the function that tells its URL. */
export function useDatabase(adminUrl: string): () => string {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createDatabase(adminUrl)
  })
  afterAll(() => database.drop())
  return () => database.url
}

/** A database of the engine for each test of a suite, or one for all of them. Hooks registered after it are done before its end. */
export function useEngineDatabase(create: () => Promise<EngineDatabase>, lifetime: Lifetime = 'test'): EngineDatabase {
  let database: EngineDatabase
  const { before, after } = lifeOf(lifetime)
  before(async () => {
    database = await create()
  })
  after(async () => await database?.drop())
  return {
    get engine() {
      return database.engine
    },
    get env() {
      return database.env
    },
    drop: () => database.drop(),
  }
}
