import type { JobStore } from '../jobs.ts'
import { type StoredJob, toJob } from '../mapping.ts'
import { dueJobsOf, type WorkKind } from '../store.ts'
import type { Addresses } from './addresses.ts'
import { cancelOperations } from './cancel-job.ts'
import { createClaimJobs } from './claim-jobs.ts'
import type { Database } from './database.ts'
import { createFinishJob } from './finish-job.ts'
import { createInsertJob } from './insert-job.ts'
import { createRunRecorder } from './job-runs.ts'
import { createIsLeaseholder } from './leaseholders.ts'
import type { ListName } from './lists.ts'
import type { Synchronous } from './synchronous.ts'

/** The first moment after `?1` at which a job becomes due or a pause ends. */
export const NEXT_JOB_DUE = `
  select min(due_at) as dueAt from (
    select min(due_at) as due_at from jobs where due_at > ?1
    union all select min(paused_until) from lanes where paused_until > ?1)`

/** What waits longest, in whatever lane. */
export const FIRST_JOB_DUE = 'select min(due_at) as dueAt from jobs where due_at > 0'

/** Whether jobs were due at `?1` in a lane that is open. */
export const HELD_BACK = `
  select 1 from lanes l where l.served_by = 'runner' and coalesce(l.paused_until, 0) <= ?1
    and exists (select 1 from jobs j where j.lane = l.id and j.due_at is not null and j.due_at <= ?1) limit 1`

/** The life of a job in the database. `wake` is told what may be due now that nobody has leased. */
export function jobOperations(
  database: Database,
  addresses: Addresses,
  wake: (kind: WorkKind) => void,
): Synchronous<Omit<JobStore, ListName>> {
  const isLeaseholder = createIsLeaseholder(database)
  const claimJobs = createClaimJobs(database)
  const runs = createRunRecorder(database)
  const find = database.prepare<StoredJob>(
    `select j.id, account_id as accountId, type, status, input, result, error_code as errorCode,
       error_message as errorMessage, job_webhook_url as jobWebhookUrl, attempts, j.created_at as createdAt,
       started_at as startedAt, finished_at as finishedAt, lane, due_at as dueAt,
       cancel_requested_at as cancelRequestedAt, payload_removed_at as payloadRemovedAt,
       payload_retention_ms as payloadRetentionMs, l.state as laneState, l.paused_until as lanePausedUntil
     from jobs j join lanes l on l.id = j.lane where account_id = ? and j.id = ?`,
  )
  const findEnded = database.prepare<{ id: string }>(
    `select id from jobs where id in (select value from json_each(?)) and status in ('success', 'failed')`,
  )
  const nextDue = database.prepare<{ dueAt: number | null }>(NEXT_JOB_DUE)
  const firstDue = database.prepare<{ dueAt: number | null }>(FIRST_JOB_DUE)
  const isHeldBack = database.prepare(HELD_BACK)
  const reschedule = database.prepare<{ accountId: string; lane: string }>(
    `update jobs set due_at = min(?1, coalesce(cancel_requested_at, ?1)), leased_by = null, attempts = attempts - ?2
     where id = ?3 and leased_by = ?4 and runs = ?5 returning account_id as accountId, lane`,
  )

  return {
    insertJob: createInsertJob(database, wake),
    finishJob: createFinishJob(database, addresses, runs, wake),
    ...cancelOperations(database, wake),
    findJob(accountId, jobId) {
      const row = find.get(accountId, jobId)
      return row ? toJob(row) : null
    },
    findEndedJobs: (jobIds) => findEnded.all(JSON.stringify(jobIds)).map(({ id }) => id),
    claimJobs: (claim) => (isLeaseholder(claim.processId) ? claimJobs(claim) : []),
    nextJobDueAt(after = 0) {
      return isHeldBack.get(after) ? after : (nextDue.get(after)?.dueAt ?? null)
    },
    firstJobDueAt: () => firstDue.get()?.dueAt ?? null,
    rescheduleJob({ id, leasedBy, run, runAt, spendAttempt, record = null }) {
      const changed = reschedule.get(runAt, spendAttempt ? 0 : 1, id, leasedBy, run)
      if (!changed) return false
      runs.record({ id, accountId: changed.accountId, runs: run }, record, 0, runAt)
      wake(dueJobsOf(changed))
      return true
    },
  }
}
