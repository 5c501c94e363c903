import { buildFailedGroups, buildRecentAttempts, type DeliveryStatsStore } from '../delivery-stats.ts'
import { compile, sqliteQueries } from './compiler.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './operations.ts'

/** What the dashboard counts. */
export function deliveryStatsOperations(database: Database): Synchronous<DeliveryStatsStore> {
  return {
    listRecentAttempts(filter) {
      const { sql, parameters } = compile(buildRecentAttempts(sqliteQueries, filter))
      return database.query(sql, parameters)
    },
    countFailed(filter) {
      const { sql, parameters } = compile(buildFailedGroups(sqliteQueries, filter))
      return database.query(sql, parameters)
    },
  }
}
