import {
  buildFailedGroups,
  buildRecentAttempts,
  type DeliveryStatsStore,
  type FailedGroup,
  type RecentAttempt,
} from '../delivery-stats.ts'
import { postgresQueries } from './compiler.ts'
import type { Database } from './database.ts'

/** What the dashboard counts. */
export function deliveryStatsOperations(database: Database): DeliveryStatsStore {
  return {
    listRecentAttempts(filter) {
      const { sql, parameters } = buildRecentAttempts(postgresQueries, filter).compile()
      return database.run<RecentAttempt>(sql, parameters)
    },
    countFailed(filter) {
      const { sql, parameters } = buildFailedGroups(postgresQueries, filter).compile()
      return database.run<FailedGroup>(sql, parameters)
    },
  }
}
