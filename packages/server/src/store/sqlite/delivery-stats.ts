import { buildFailedGroups, buildRecentAttempts, type DeliveryStatsStore } from '../delivery-stats.ts'
import { compiled, sqliteQueries } from './compiler.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './operations.ts'

/** What the dashboard counts. */
export function deliveryStatsOperations(database: Database): Synchronous<DeliveryStatsStore> {
  return {
    listRecentAttempts: (filter) => database.query(...compiled(buildRecentAttempts(sqliteQueries, filter))),
    countFailed: (filter) => database.query(...compiled(buildFailedGroups(sqliteQueries, filter))),
  }
}
