import { type Connection, statement } from './database.ts'
import { notifyIfAny } from './notify.ts'

const RESCHEDULE_JOB = statement(
  'reschedule_job',
  `
  with given_back as (
    update jobs set due_at = $3, leased_by = null, attempts = attempts - case when $4::boolean then 0 else 1 end
    where id = $1 and leased_by = $2 and attempts = $5
    returning 1
  )
  ${notifyIfAny('jobs', 'given_back')}
  `,
)

/** Gives a leased job back to run again at `runAt`; false when the lease of that run was lost. */
export async function rescheduleJob(
  database: Connection,
  job: { id: string; leasedBy: string; run: number; runAt: number; spendAttempt: boolean },
): Promise<boolean> {
  const rows = await database.run(RESCHEDULE_JOB, [job.id, job.leasedBy, job.runAt, job.spendAttempt, job.run])
  return rows.length > 0
}
