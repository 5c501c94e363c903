import type { SQLInputValue } from 'node:sqlite'
import { type Compilable, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Schema } from '../schema.ts'

/** Builds queries and runs none: the store's thread runs their text on its own connection. */
export const sqliteQueries = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

/** A query whose values are texts and numbers, as the connection takes it. */
export function compile(query: Compilable): { sql: string; parameters: readonly SQLInputValue[] } {
  const { sql, parameters } = query.compile()
  return { sql, parameters: parameters as readonly SQLInputValue[] }
}
