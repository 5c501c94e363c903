import { WORKERS_LANE } from '../lane-health.ts'
import type { WorkKind } from '../store.ts'
import type { Connection } from './database.ts'

/** The channel on which processes tell each other that work may be due; the payload is the kind of work. */
export const WORK_CHANNEL = 'ringback_work'

/**
 * SQL that tells all processes of work, once, when `rows` has any: a part of the statement that writes the work, so
 * that it is told when that has committed, and never otherwise. Must be read by the statement to run.
 */
export function notifyIfAny(kind: WorkKind, rows: string): string {
  return `select pg_notify('${WORK_CHANNEL}', '${kind}') from ${rows} limit 1`
}

/**
 * The same for jobs that are due: `rows` have `lane` and `account_id`, by which runners or the workers of an account are
 * told (`dueJobsOf`).
 */
export function notifyOfJobs(rows: string): string {
  return `select pg_notify('${WORK_CHANNEL}', kind) from (
      select distinct case when lane = '${WORKERS_LANE}' then 'worker_jobs:' || account_id else 'jobs' end as kind
      from ${rows}
    ) kinds`
}

/**
 * The same for deliveries that wait: `rows` have `listener_id`, by which the couriers or the stream of a listener are
 * told.
 */
export function notifyOfDeliveries(rows: string): string {
  return `select pg_notify('${WORK_CHANNEL}', kind) from (
      select distinct case when listener_id is null then 'deliveries' else 'listener:' || listener_id end as kind
      from ${rows}
    ) kinds`
}

/** Tells all processes of work when the transaction of `connection` has committed. */
export async function notify(connection: Connection, kind: WorkKind): Promise<void> {
  await connection.run('select pg_notify($1, $2)', [WORK_CHANNEL, kind])
}
