import type { JobStore } from '../jobs.ts'
import { type Connection, statement } from './database.ts'
import { recordRuns, toRunRecord } from './job-runs.ts'
import { notifyOfJobs } from './notify.ts'

const RESCHEDULE_JOB = statement(
  'reschedule_job',
  `
  with given_back as (
    update jobs
    set due_at = least($3, cancel_requested_at), leased_by = null,
      attempts = attempts - case when $4::boolean then 0 else 1 end
    where id = $1 and leased_by = $2 and runs = $5
    returning id as job_id, account_id, lane, runs
  ),
  ${recordRuns('given_back', '$6')}
  ${notifyOfJobs('given_back')}
  `,
)

/** Gives a leased job back to run again at `runAt`; false when the lease of that run was lost. */
export async function rescheduleJob(
  database: Connection,
  { id, leasedBy, run, runAt, spendAttempt, record = null }: Parameters<JobStore['rescheduleJob']>[0],
): Promise<boolean> {
  const records = JSON.stringify(toRunRecord(id, record, 0, runAt))
  const rows = await database.run(RESCHEDULE_JOB, [id, leasedBy, runAt, spendAttempt, run, records])
  return rows.length > 0
}
