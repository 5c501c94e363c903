import type { SQLInputValue } from 'node:sqlite'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { DeliveryFilter } from '../deliveries.ts'
import { buildDeliveryList } from '../delivery-list.ts'
import type { Schema } from '../schema.ts'

/** Builds queries and runs none: the store's thread runs their text on its own connection. */
const compiler = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

/** The delivery list in SQLite's dialect. */
export function compileDeliveryList(filter: DeliveryFilter): { sql: string; parameters: readonly SQLInputValue[] } {
  const { sql, parameters } = buildDeliveryList(compiler, filter).compile()
  // The filter has strings and a number only.
  return { sql, parameters: parameters as readonly SQLInputValue[] }
}
