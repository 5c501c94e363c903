import type { SQLInputValue } from 'node:sqlite'
import { type CompiledQuery, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
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

/** A built query as the connection takes it. The filters of ours have strings and numbers only. */
export function compiled(query: { compile(): CompiledQuery }): [sql: string, parameters: readonly SQLInputValue[]] {
  const { sql, parameters } = query.compile()
  return [sql, parameters as readonly SQLInputValue[]]
}
