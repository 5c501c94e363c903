import { type Kysely, sql } from 'kysely'
import type { JobFilter } from './jobs.ts'
import { inRange } from './list-range.ts'
import type { Schema } from './schema.ts'

/**
 * The query of the job list, newest first, for either engine: compile it with the engine's own dialect. Its columns are
 * the fields of `StoredListJob`: input and result can be a megabyte a row each.
 *
 * Indexes as for the delivery list, with the same figures: ranges of time and failed jobs are found at once; a type
 * that is rare takes a walk along the account's index, 120 ms for a million jobs instead of 320. Jobs that wait or run
 * have an index of both: five of each among a million take 0.03 ms on SQLite instead of 600, and 0.5 ms on PostgreSQL
 * instead of 110 to 330 (two busy cores). Its condition is `finished_at is null`, which is the same and which nothing
 * else asks for: with one on the status, PostgreSQL's planner took it for the search for jobs that wait too long.
 *
 * A model is looked up in the runs of each job on the walk: 0.2 ms for a usual one; for one that nobody asked, 2 s for a
 * million jobs without a range of time and 20 ms for 20,000 in one (busy machine, SQLite). An index of runs by model would
 * cost each run a write.
 */
export function buildJobList(db: Kysely<Schema>, filter: JobFilter) {
  let query = db
    .selectFrom('jobs')
    .select([
      'id',
      'account_id as accountId',
      'type',
      'status',
      'error_code as errorCode',
      'error_message as errorMessage',
      'job_webhook_url as jobWebhookUrl',
      'attempts',
      'created_at as createdAt',
      'started_at as startedAt',
      'finished_at as finishedAt',
    ])
  if (filter.status !== undefined) query = query.where('status', '=', filter.status)
  // Says the same again as a text that SQLite can compare with the condition of the index.
  if (filter.status === 'failed') query = query.where(sql<boolean>`status = 'failed'`)
  // The condition of the index, in words that only this query has.
  if (filter.status === 'new' || filter.status === 'pending') query = query.where('finished_at', 'is', null)
  if (filter.type !== undefined) query = query.where('type', '=', filter.type)
  if (filter.model !== undefined) {
    const { provider, model } = filter.model
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('job_runs')
          .select(sql.lit(1).as('one'))
          .whereRef('job_runs.job_id', '=', 'jobs.id')
          .where('job_runs.provider', '=', provider)
          .where('job_runs.model', '=', model),
      ),
    )
  }
  return inRange(query, 'jobs', filter)
}
