import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Schema } from '../schema.ts'

/**
 * Builds SQL for PostgreSQL from typed queries; it has no connection. What it compiles runs on our own pool, where
 * errors are sorted and time is limited in one place.
 */
export const postgresQueries = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})
