import { type Kysely, PostgresAdapter, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Schema } from './schema.ts'

/**
 * SQL of whether a delivery failed or was discarded, or only which of the two, in the words of the engine's indexes:
 * SQLite compares texts, and in PostgreSQL the status is in no index (migration 0016).
 */
export function endedBadly(db: Kysely<Schema>, status?: 'failed' | 'discarded'): RawBuilder<SqlBool> {
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return sql`deliveries.status in ('failed', 'discarded')`
  return status === undefined ? sql`deliveries.bad_end is not null` : sql`deliveries.bad_end = ${status}`
}
