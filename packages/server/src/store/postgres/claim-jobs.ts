import type { LeasedJob } from '../jobs.ts'
import { type Connection, statement } from './database.ts'

/**
 * Leases the jobs that have been due longest, skipping those that somebody else is leasing at this moment.
 *
 * `due_at <= $2` also says that it is not null, so the partial index `jobs_due` serves both the search and the order
 * and holds nothing but waiting jobs: 25 to 40 µs of the server's CPU a job in claims of 400. Not waiting for the disk
 * (`synchronous_commit` off for the claim, whose loss would cost a second run at most) gained nothing that showed.
 *
 * A process that was released leases nothing (see `release-process.ts`).
 */
export const CLAIM_JOBS = statement(
  'claim_jobs',
  `
  with holder as materialized (
    select id from processes where id = $1 for key share
  ),
  due as materialized (
    select id, due_at from jobs
    where due_at <= $2 and exists (select from holder)
    order by due_at
    limit $3
    for update skip locked
  ),
  claimed as (
    update jobs j
    set status = 'pending', due_at = null, leased_by = $1, attempts = attempts + 1,
      started_at = coalesce(started_at, $2)
    from due where j.id = due.id
    returning j.id, j.account_id, j.type, j.input, j.job_webhook_url, j.attempts, j.created_at, due.due_at
  )
  select id, account_id as "accountId", type, input, job_webhook_url as "jobWebhookUrl", attempts,
    created_at as "createdAt"
  from claimed order by due_at, id
  `,
)

export function claimJobs(
  database: Connection,
  { processId, limit, now }: { processId: string; limit: number; now: number },
): Promise<LeasedJob[]> {
  return database.run<LeasedJob>(CLAIM_JOBS, [processId, now, limit])
}
