import type { JobStore } from '../jobs.ts'
import { type StoredJob, toJob } from '../mapping.ts'
import { claimJobs } from './claim-jobs.ts'
import { type Database, statement } from './database.ts'
import { finishJobs } from './finish-job.ts'
import { insertJobs } from './insert-job.ts'
import { rescheduleJob } from './reschedule-job.ts'

const FIND_JOB = statement(
  'find_job',
  `
  select id, account_id as "accountId", type, status, input, result, error_code as "errorCode",
    error_message as "errorMessage", job_webhook_url as "jobWebhookUrl", attempts, created_at as "createdAt",
    started_at as "startedAt", finished_at as "finishedAt"
  from jobs where id = $2 and account_id = $1
  `,
)

const NEXT_JOB_DUE = statement('next_job_due', 'select min(due_at) as "dueAt" from jobs where due_at is not null')

/** The life of a job. `idle` resolves when no batch is under way. */
export function jobOperations(database: Database): JobStore & { idle(): Promise<void> } {
  const inserts = insertJobs(database)
  const finishes = finishJobs(database)
  return {
    insertJob: inserts.add,
    async findJob(accountId, jobId) {
      const [row] = await database.run<StoredJob>(FIND_JOB, [accountId, jobId])
      return row ? toJob(row) : null
    },
    claimJobs: (claim) => claimJobs(database, claim),
    async nextJobDueAt() {
      const [row] = await database.run<{ dueAt: number | null }>(NEXT_JOB_DUE)
      return row?.dueAt ?? null
    },
    finishJob: finishes.add,
    rescheduleJob: (job) => rescheduleJob(database, job),
    async idle() {
      await Promise.all([inserts.idle(), finishes.idle()])
    },
  }
}
