import { type JobStore, type NewJob, NO_CAPS } from '../jobs.ts'
import { OFFLINE_LANE, WORKERS_LANE } from '../lane-health.ts'
import { dueJobsOf, type WorkKind } from '../store.ts'
import type { Database } from './database.ts'
import { createIsLeaseholder } from './leaseholders.ts'
import type { Synchronous } from './synchronous.ts'

/**
 * Whether a job may start in lane `?1` at `?2` although it has not waited. Two looks into small indices and one at what
 * runs: 1.3 µs without a cap, which counts nothing. The lane is compared with that of the row and not with `?1`, which one
 * of the indices has in its `where`: see {@link Database.prepare}.
 */
export const MAY_START = `
  select l.state = 'healthy' and coalesce(l.paused_until, 0) <= ?2
    and not exists (select 1 from jobs j where j.lane = l.id and j.due_at is not null and j.due_at <= ?2)
    and case when ?4 = ${NO_CAPS.perAccount} then 1 else ?4 > (
      select count(*) from processes p cross join jobs j on j.leased_by = p.id and j.account_id = ?3
      and j.lane <> '${WORKERS_LANE}') end
    and (l.id = '${OFFLINE_LANE}' or ?5 > (
      select count(*) from processes p cross join jobs j on j.leased_by = p.id where j.lane = l.id)) as open
  from lanes l where l.id = ?1`

/** Writes new jobs. `wake` is told of those that nobody has leased. */
export function createInsertJob(
  database: Database,
  wake: (kind: WorkKind) => void,
): Synchronous<JobStore>['insertJob'] {
  const isLeaseholder = createIsLeaseholder(database)
  const insert = database.prepare(
    `insert into jobs (id, account_id, type, status, input, job_webhook_url, lane, attempts, runs, due_at, leased_by,
       created_at, started_at, payload_retention_ms, payload_look_at)
     values (?, ?, ?, ?, ?, ?, (select id from lanes where id = ?), ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const mayStart = database.prepare<{ open: number }>(MAY_START)

  /** Whether a new job may skip the queue: its lane is open, nobody waits in it, and the caps have room. */
  function mayLease({ lane = OFFLINE_LANE, accountId, leasedBy, createdAt, caps = NO_CAPS }: NewJob): boolean {
    if (leasedBy === null || !isLeaseholder(leasedBy)) return false
    return mayStart.get(lane, createdAt, accountId, caps.perAccount, caps.perLane)?.open === 1
  }

  return function insertJob(job) {
    const leased = mayLease(job)
    const { payloadRetentionMs = null } = job
    insert.run(
      job.id,
      job.accountId,
      job.type,
      leased ? 'pending' : 'new',
      job.input,
      job.jobWebhookUrl,
      job.lane ?? OFFLINE_LANE,
      leased ? 1 : 0,
      leased ? 1 : 0,
      leased ? null : job.createdAt,
      leased ? job.leasedBy : null,
      job.createdAt,
      leased ? job.createdAt : null,
      payloadRetentionMs,
      payloadRetentionMs === null ? null : job.createdAt + payloadRetentionMs,
    )
    if (!leased) wake(dueJobsOf({ lane: job.lane ?? OFFLINE_LANE, accountId: job.accountId }))
    return { leased }
  }
}
