import type { SQLInputValue } from 'node:sqlite'
import type { CompiledQuery } from 'kysely'
import { buildDeliveryList } from '../delivery-list.ts'
import { buildFailedGroups, buildRecentAttempts } from '../delivery-stats.ts'
import { buildJobList } from '../job-list.ts'
import { type StoredListJob, toListJob } from '../mapping.ts'
import {
  buildAttemptSums,
  buildDeliverySums,
  buildJobSums,
  buildModelSums,
  toDeliverySums,
  toJobSums,
} from '../overview.ts'
import { sqliteQueries } from './compiler.ts'
import type { Database } from './database.ts'
import type { Operations } from './synchronous.ts'

/** What people look at: the lists, and what the dashboard counts. */
export type ListName =
  | 'listJobs'
  | 'listDeliveries'
  | 'listRecentAttempts'
  | 'countFailed'
  | 'sumDeliveries'
  | 'sumJobs'

/** All that is built with Kysely; a file of its own, so that it can be loaded by the first that is asked for. */
export function listOperations(database: Database): Pick<Operations, ListName> {
  // The cast: all parameters of these queries are texts and numbers.
  const run = <Row extends object>({ sql, parameters }: CompiledQuery<unknown>) =>
    database.query<Row>(sql, parameters as readonly SQLInputValue[])
  return {
    listJobs: (filter) => run<StoredListJob>(buildJobList(sqliteQueries, filter).compile()).map(toListJob),
    listDeliveries: (filter) => run(buildDeliveryList(sqliteQueries, filter).compile()),
    listRecentAttempts: (filter) => run(buildRecentAttempts(sqliteQueries, filter).compile()),
    countFailed: (filter) => run(buildFailedGroups(sqliteQueries, filter).compile()),
    sumDeliveries: (page) =>
      toDeliverySums(run(buildDeliverySums(sqliteQueries, page)), run(buildAttemptSums(sqliteQueries, page))),
    sumJobs: (page) => toJobSums(run(buildJobSums(sqliteQueries, page)), run(buildModelSums(sqliteQueries, page))),
  }
}
