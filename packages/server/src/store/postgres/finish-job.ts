import { newId } from '../../lib/ids.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import type { FinishedJob, JobEnd } from '../jobs.ts'
import { storableText } from '../mapping.ts'
import { type Batched, batched } from './batched.ts'
import { type Connection, statement } from './database.ts'
import { notifyIfAny } from './notify.ts'

/**
 * Writes the ends of a batch of jobs and the deliveries that tell of them: one statement, so one transaction and one
 * round trip. `ended` holds only jobs whose lease was still there, and everything else follows from it.
 *
 * `is not distinct from` where `=` would do: no index can serve it, so jobs are always found by id. With `=` and the
 * statistics of an idle system the planner reads all jobs that the process has leased, once for each of the batch.
 *
 * Measured on 2 busy cores, µs of the server's CPU a job: **64** without foreign keys, 144 with them (ADR 0003). One row
 * a job, by a left join of `ended` and `planned`, took 13 of 20 ms of a batch of 200: the planner takes both for small
 * and compares each with each. Hence the union at the end.
 */
export const FINISH_JOBS = statement(
  'finish_jobs',
  `
  with input as materialized (
    select * from json_to_recordset($1) as i (
      ordinal integer, id text, leased_by text, status text, result text, error_code text, error_message text,
      finished_at bigint, body text, body_with_result text, lease_max integer
    )
  ),
  holders as materialized (
    select id from processes where id in (select leased_by from input) for key share
  ),
  ended as (
    update jobs j
    set status = i.status, result = i.result, error_code = i.error_code, error_message = i.error_message,
      finished_at = i.finished_at, leased_by = null
    from input i where j.id = i.id and j.leased_by is not distinct from i.leased_by
      and (select count(*) from holders) > 0
    returning i.ordinal, j.account_id, j.type, j.job_webhook_url
  ),
  targets as (
    select e.ordinal, e.account_id, e.type, null as webhook_id, e.job_webhook_url, w.id as signed_by
    from ended e join webhooks w on w.account_id = e.account_id and w.name = 'default'
    where e.job_webhook_url is not null
    union all
    select e.ordinal, e.account_id, e.type, w.id, null, w.id
    from ended e join webhooks w on w.account_id = e.account_id and w.enabled
    where e.job_webhook_url is null
      or exists (select from accounts a where a.id = e.account_id and a.job_webhook_mode = 'also')
  ),
  numbered as materialized (
    select t.*, ($2::text[])[row_number() over (order by t.ordinal)] as id,
      row_number() over (partition by t.ordinal order by t.webhook_id nulls first) as place
    from targets t
  ),
  planned as materialized (
    select n.id, n.ordinal, n.account_id, n.type, n.webhook_id, n.job_webhook_url, i.id as job_id,
      w.url as webhook_url, w.include_result, w.sealed_secret, w.sealed_previous_secret, w.previous_secret_until,
      case when n.place <= i.lease_max then h.id end as leased_by
    from numbered n
    join input i on i.ordinal = n.ordinal
    join webhooks w on w.id = n.signed_by
    left join holders h on h.id = i.leased_by
  ),
  added as (
    insert into deliveries (id, account_id, webhook_id, job_id, job_type, job_status, trigger, status, url,
      next_attempt_at, leased_by, created_at, body)
    select p.id, p.account_id, p.webhook_id, p.job_id, p.type, i.status, 'job',
      case when p.leased_by is null then 'waiting' else 'sending' end, p.job_webhook_url,
      case when p.leased_by is null then i.finished_at end, p.leased_by, i.finished_at,
      case when p.include_result then i.body_with_result else i.body end
    from planned p join input i on i.ordinal = p.ordinal
  ),
  waiting as (select from planned where leased_by is null),
  told as materialized (${notifyIfAny('deliveries', 'waiting')})
  select ordinal, null as id, null as "accountId", null as "webhookId", null as "jobId", null as url,
    null::boolean as "includeResult", null as "sealedSecret", null as "sealedPreviousSecret",
    null::bigint as "previousSecretUntil", (select count(*) from told) as told
  from ended
  union all
  select ordinal, id, account_id, webhook_id, job_id, coalesce(job_webhook_url, webhook_url), include_result,
    sealed_secret, sealed_previous_secret, previous_secret_until, null
  from planned where leased_by is not null
  `,
)

/** Either a job that ended (`id` is null, and so is everything else), or a delivery of one that was leased to us. */
interface EndRow extends Omit<LeasedDelivery, 'id' | 'trigger' | 'body' | 'attemptCount' | 'failureCount'> {
  readonly ordinal: number
  readonly id: string | null
  readonly includeResult: boolean
}

/** Ids to take along for each job: one for its job webhook, one for the account's `default` webhook. */
const IDS_PER_JOB_START = 2

/** The statement wanted more ids than it was given: the only way a delivery's id can be null. */
function isShortOfIds(error: unknown): boolean {
  const { code, table, column } = error as { code?: unknown; table?: unknown; column?: unknown }
  return code === '23502' && table === 'deliveries' && column === 'id'
}

export function finishJobs(database: Connection): Batched<FinishedJob, JobEnd> {
  let idsPerJob = IDS_PER_JOB_START

  /** How many deliveries there will be shows only in the statement; when ids run short it writes nothing, and gets more. */
  async function write(jobs: readonly FinishedJob[]): Promise<EndRow[]> {
    const input = JSON.stringify(jobs.map(toInput))
    for (;;) {
      const ids = Array.from({ length: jobs.length * idsPerJob }, newId)
      try {
        return await database.run<EndRow>(FINISH_JOBS, [input, ids])
      } catch (error) {
        if (!isShortOfIds(error)) throw error
        idsPerJob *= 2
      }
    }
  }

  return batched({
    sizeOf: (job) => (job.result?.length ?? 0) + job.body.length + job.bodyWithResult.length,
    async run(jobs) {
      const deliveries = new Map<number, LeasedDelivery[]>()
      for (const row of await write(jobs)) {
        const leased = deliveries.get(row.ordinal) ?? []
        deliveries.set(row.ordinal, leased)
        if (row.id !== null) leased.push(toLeased({ ...row, id: row.id }, jobs[row.ordinal] as FinishedJob))
      }
      return jobs.map((_, ordinal) => {
        const leased = deliveries.get(ordinal)
        return { finished: leased !== undefined, deliveries: leased ?? [] }
      })
    },
  })
}

function toInput(job: FinishedJob, ordinal: number) {
  return {
    ordinal,
    id: job.id,
    leased_by: job.leasedBy,
    status: job.status,
    result: job.result,
    error_code: job.error?.code ?? null,
    error_message: storableText(job.error?.message ?? null),
    finished_at: job.finishedAt,
    body: job.body,
    body_with_result: job.bodyWithResult,
    lease_max: job.leaseDeliveriesMax,
  }
}

/** The body is not read back: it can be large, and we have just written it. */
function toLeased(row: EndRow & { id: string }, job: FinishedJob): LeasedDelivery {
  return {
    id: row.id,
    accountId: row.accountId,
    webhookId: row.webhookId,
    jobId: row.jobId,
    trigger: 'job',
    body: row.includeResult ? job.bodyWithResult : job.body,
    url: row.url,
    attemptCount: 0,
    failureCount: 0,
    sealedSecret: row.sealedSecret,
    sealedPreviousSecret: row.sealedPreviousSecret,
    previousSecretUntil: row.previousSecretUntil,
  }
}
