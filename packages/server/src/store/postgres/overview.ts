import {
  type AttemptSumRow,
  buildAttemptSums,
  buildDeliverySums,
  buildJobSums,
  buildModelSums,
  type DeliverySumRow,
  type JobSumRow,
  type ModelSum,
  type OverviewStore,
  toDeliverySums,
  toJobSums,
} from '../overview.ts'
import { postgresQueries } from './compiler.ts'
import type { Database } from './database.ts'

/** What the first page of the dashboard adds up. */
export function overviewOperations(database: Database): OverviewStore {
  return {
    async sumDeliveries(page) {
      const groups = buildDeliverySums(postgresQueries, page)
      const attempts = buildAttemptSums(postgresQueries, page)
      return toDeliverySums(
        await database.run<DeliverySumRow>(groups.sql, groups.parameters),
        await database.run<AttemptSumRow>(attempts.sql, attempts.parameters),
      )
    },
    async sumJobs(page) {
      const groups = buildJobSums(postgresQueries, page)
      const models = buildModelSums(postgresQueries, page)
      return toJobSums(
        await database.run<JobSumRow>(groups.sql, groups.parameters),
        await database.run<ModelSum>(models.sql, models.parameters),
      )
    },
  }
}
