import { buildJobList } from '../job-list.ts'
import type { JobStore } from '../jobs.ts'
import { type StoredJob, type StoredListJob, toJob, toListJob } from '../mapping.ts'
import { cancelJob, listCancelled, takeUnstarted } from './cancel-job.ts'
import { claimJobs, isDueIn } from './claim-jobs.ts'
import { postgresQueries } from './compiler.ts'
import { type Database, statement } from './database.ts'
import { finishJobs } from './finish-job.ts'
import { insertJobs } from './insert-job.ts'
import { rescheduleJob } from './reschedule-job.ts'
import type { Turns } from './turns.ts'

const FIND_JOB = statement(
  'find_job',
  `
  select j.id, account_id as "accountId", type, status, input, result, error_code as "errorCode",
    error_message as "errorMessage", job_webhook_url as "jobWebhookUrl", attempts, j.created_at as "createdAt",
    started_at as "startedAt", finished_at as "finishedAt", lane, due_at as "dueAt",
    cancel_requested_at as "cancelRequestedAt", payload_removed_at as "payloadRemovedAt",
    payload_retention_ms as "payloadRetentionMs",
    l.state as "laneState", l.paused_until as "lanePausedUntil"
  from jobs j join lanes l on l.id = j.lane where j.id = $2 and account_id = $1
  `,
)

export const FIND_ENDED_JOBS = statement(
  'find_ended_jobs',
  `select id from jobs where id = any ($1::text[]) and status in ('success', 'failed')`,
)

/** The first moment after `$1` at which a job becomes due or a pause ends; and whether jobs were due in an open lane. */
export const NEXT_JOB_DUE = statement(
  'next_job_due',
  `
  select
    least(
      (select min(due_at) from jobs where due_at > $1),
      (select min(paused_until) from lanes where paused_until > $1)
    ) as "dueAt",
    exists (
      select from lanes l where l.served_by = 'runner' and coalesce(l.paused_until, 0) <= $1
        and ${isDueIn('l.id', '$1')}
    ) as "heldBack"
  `,
)

export const FIRST_JOB_DUE = statement('first_job_due', 'select min(due_at) as "dueAt" from jobs where due_at > 0')

/** The life of a job. `idle` resolves when no batch is under way. */
export function jobOperations(database: Database, turns: Turns): JobStore & { idle(): Promise<void> } {
  const inserts = insertJobs(database)
  const finishes = finishJobs(database, turns)
  return {
    insertJob: inserts.add,
    async findJob(accountId, jobId) {
      const [row] = await database.run<StoredJob>(FIND_JOB, [accountId, jobId])
      return row ? toJob(row) : null
    },
    async findEndedJobs(jobIds) {
      const rows = await database.run<{ id: string }>(FIND_ENDED_JOBS, [jobIds])
      return rows.map(({ id }) => id)
    },
    async listJobs(filter) {
      const { sql, parameters } = buildJobList(postgresQueries, filter).compile()
      return (await database.run<StoredListJob>(sql, parameters)).map(toListJob)
    },
    claimJobs: (claim) => claimJobs(database, claim),
    async nextJobDueAt(after = 0) {
      const [row] = await database.run<{ dueAt: number | null; heldBack: boolean }>(NEXT_JOB_DUE, [after])
      return row?.heldBack ? after : (row?.dueAt ?? null)
    },
    async firstJobDueAt() {
      const [row] = await database.run<{ dueAt: number | null }>(FIRST_JOB_DUE)
      return row?.dueAt ?? null
    },
    finishJob: finishes.add,
    rescheduleJob: (job) => rescheduleJob(database, job),
    cancelJob: (cancel) => cancelJob(database, cancel),
    listCancelled: (processId) => listCancelled(database, processId),
    takeUnstarted: (take) => takeUnstarted(database, take),
    async idle() {
      await Promise.all([inserts.idle(), finishes.idle()])
    },
  }
}
