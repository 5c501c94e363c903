import type { NewJob } from '../jobs.ts'
import { type Batched, batched } from './batched.ts'
import { type Connection, statement } from './database.ts'
import { notifyIfAny } from './notify.ts'

/**
 * Writes a batch of new jobs. A job is leased only to a process that has not been released (see `release-process.ts`);
 * otherwise it is due at once, for anybody. A job of an account that does not exist violates `not null`.
 *
 * How 200 rows travel, measured with 330-byte inputs on 2 cores, durable, two batches in flight (jobs/s; µs of our own
 * CPU a job): **one JSON parameter 31,000; 6**; one array a column with `unnest` 24,000; 17; multi-row `values` with
 * 1,600 parameters 25,000; 10; 200 statements in one transaction 5,000; 110.
 */
const INSERT_JOBS = statement(
  'insert_jobs',
  `
  with input as (
    select * from json_to_recordset($1) as i (
      id text, account_id text, type text, input text, job_webhook_url text, created_at bigint, leased_by text
    )
  ),
  holders as (
    select id from processes where id in (select leased_by from input) for key share
  ),
  added as (
    insert into jobs (id, account_id, type, status, input, job_webhook_url, attempts, due_at, leased_by, created_at,
      started_at)
    select i.id, a.id, i.type, case when h.id is null then 'new' else 'pending' end, i.input,
      i.job_webhook_url, case when h.id is null then 0 else 1 end, case when h.id is null then i.created_at end, h.id,
      i.created_at, case when h.id is not null then i.created_at end
    from input i left join accounts a on a.id = i.account_id left join holders h on h.id = i.leased_by
    returning due_at
  ),
  due as (select from added where due_at is not null)
  ${notifyIfAny('jobs', 'due')}
  `,
)

export function insertJobs(database: Connection): Batched<NewJob, void> {
  return batched({
    sizeOf: (job) => job.input.length,
    async run(jobs) {
      const rows = jobs.map((job) => ({
        id: job.id,
        account_id: job.accountId,
        type: job.type,
        input: job.input,
        job_webhook_url: job.jobWebhookUrl,
        created_at: job.createdAt,
        leased_by: job.leasedBy,
      }))
      await database.run(INSERT_JOBS, [JSON.stringify(rows)])
      return jobs.map(() => undefined)
    },
  })
}
