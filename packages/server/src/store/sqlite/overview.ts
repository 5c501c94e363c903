import type { SQLInputValue } from 'node:sqlite'
import type { CompiledQuery } from 'kysely'
import {
  buildAttemptSums,
  buildDeliverySums,
  buildJobSums,
  buildModelSums,
  type OverviewStore,
  toDeliverySums,
  toJobSums,
} from '../overview.ts'
import { sqliteQueries } from './compiler.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './operations.ts'

/** What the first page of the dashboard adds up. */
export function overviewOperations(database: Database): Synchronous<OverviewStore> {
  // The cast: all parameters of these queries are texts and numbers.
  const run = <Row extends object>({ sql, parameters }: CompiledQuery<Row>) =>
    database.query<Row>(sql, parameters as readonly SQLInputValue[])
  return {
    sumDeliveries: (page) =>
      toDeliverySums(run(buildDeliverySums(sqliteQueries, page)), run(buildAttemptSums(sqliteQueries, page))),
    sumJobs: (page) => toJobSums(run(buildJobSums(sqliteQueries, page)), run(buildModelSums(sqliteQueries, page))),
  }
}
