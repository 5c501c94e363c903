import { newId } from '../../lib/ids.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import type { FinishedJob, JobEnd } from '../jobs.ts'
import { storableText } from '../mapping.ts'
import { loweredReadyAt } from './addresses.ts'
import { type Batched, batched } from './batched.ts'
import { readNumbers, rowsOf, toColumn, toJsonTextColumn, toKeyColumn } from './columns.ts'
import { type Connection, statement } from './database.ts'
import { enteredLeases } from './delivery-leases.ts'
import { recordRuns, toRunRecord } from './job-runs.ts'
import { notifyOfDeliveries } from './notify.ts'
import type { Turns } from './turns.ts'

/**
 * Writes the ends of a batch of jobs and the deliveries that tell of them: one statement, so one transaction and one
 * round trip. `ended` holds only jobs whose lease was still there, and everything else follows from it.
 *
 * `is not distinct from` where `=` would do: no index can serve it, so jobs are always found by id. With `=` and the
 * statistics of an idle system the planner reads all jobs that the process has leased, once for each of the batch.
 *
 * Measured on 2 busy cores, µs of the server's CPU a job: **64** without foreign keys, 144 with them (ADR 0003); with 180
 * jobs a batch **29** with one array a column, 33 with one JSON parameter (why: `record-attempt.ts`). One row
 * a job, by a left join of `ended` and `planned`, took 13 of 20 ms of a batch of 200: the planner takes both for small
 * and compares each with each. Hence the union at the end.
 *
 * What is said once travels once: a column of equal values is one value, a webhook is one row with all deliveries that were
 * leased of it, and their ids are not read back. In turns with a row of 14 columns for each job and each delivery, batches
 * of 110 on a busy machine, µs of CPU a job: **43** instead of 52 of the server's, **11** instead of 25 of our own.
 *
 * Who is told, and of them who at once, is asked once for jobs that are `alike`: nearly all of a batch. In turns with asking for
 * each job, batches of 180 jobs of one account, µs of the server's CPU a job: **33.4** instead of 35.6; 39.2 instead of 37.3
 * when each job has a job webhook of its own.
 *
 * The end of a job writes the indexes of its row, and that of a delivery does not (migration 0016). With none that names
 * what an end changes and room in each page, so that PostgreSQL updates in place, it takes 26 instead of 33.5 µs and 430 bytes
 * of the log less; half of that goes to the table of leases that would have to take their place. Room in the pages of these indexes
 * (migration 0019) takes **33.9** instead of 35.4 µs, and 84 bytes of the log less; `deduplicate_items = off`, which spares
 * indexes of unique rows a search for duplicates, gained nothing and wrote 9 % more to the log.
 *
 * A delivery is leased at once only when nothing about its address says wait; otherwise it waits, and its address is
 * told (`touched`), which is also how the address of a job webhook is entered when it is new. Nothing is written to
 * `addresses` while all is well.
 *
 * Listeners get their copies in the same statement; these always wait, for the stream of the listener, and have no address.
 * Where nobody listens, that branch reads an empty table: in turns with the statement without it, 120 batches each of 120
 * jobs, 232.5 and 233.0 µs a job by the client's clock on a busy machine, 187 and 184 in a second run: noise.
 */
export const FINISH_JOBS = statement(
  'finish_jobs',
  `
  with holders as materialized (
    select id from processes where id = any ($2::text[]) for key share
  ),
  ended as (
    update jobs j
    set status = i.status, result = i.result, error_code = i.error_code, error_message = i.error_message,
      finished_at = i.finished_at, leased_by = null
    from (
    ${rowsOf({
      id: 'text',
      leased_by: 'text',
      status: 'text',
      result: 'json',
      error_code: 'text',
      error_message: 'text',
      finished_at: 'bigint',
      body: 'json',
      body_with_result: 'json',
      lease_max: 'integer',
      address_id: 'text',
      origin: 'text',
      delivery_id: 'text',
    })}
    ) i where j.id = i.id and j.leased_by is not distinct from i.leased_by
      and (select count(*) from holders) > 0
    returning i.ordinal, i.body, i.body_with_result, i.id as job_id, i.delivery_id, i.leased_by as ended_by, i.lease_max, i.finished_at,
      i.address_id, i.origin, j.account_id, j.type, j.runs, i.status, case when i.address_id is not null then j.job_webhook_url end as job_webhook_url
  ),
  ${recordRuns('ended', '$14')},
  alike as (
    select account_id, type, status, address_id, origin, job_webhook_url, max(finished_at) as at, array_agg(ordinal) as ordinals
    from ended group by account_id, type, status, address_id, origin, job_webhook_url
  ),
  targets as (
    select j.*, null as webhook_id, j.address_id as target_id, j.job_webhook_url as url, false as is_limited,
      w.include_result, null as listener_id
    from alike j left join webhooks w on w.account_id = j.account_id and w.name = 'default'
    where j.job_webhook_url is not null
    union all
    select j.*, w.id, w.id, null, w.rate_limit_per_second is not null, w.include_result, null
    from alike j join webhooks w on w.account_id = j.account_id and w.enabled and w.purpose = 'jobs'
      and (w.job_types is null or strpos(w.job_types, '"' || j.type || '"') > 0)
      and (w.job_statuses is null or strpos(w.job_statuses, '"' || j.status || '"') > 0)
    where j.job_webhook_url is null
      or exists (select from accounts a where a.id = j.account_id and a.job_webhook_mode = 'also')
    union all
    select j.*, null, l.id, l.url, false, w.include_result, l.id
    from alike j join listeners l on l.account_id = j.account_id
      and (l.job_types is null or strpos(l.job_types, '"' || j.type || '"') > 0)
    join webhooks w on w.account_id = l.account_id and w.deleted_at is null
      and case when l.webhook_id is null then w.name = 'default' else w.id = l.webhook_id
        and (w.job_types is null or strpos(w.job_types, '"' || j.type || '"') > 0)
        and (w.job_statuses is null or strpos(w.job_statuses, '"' || j.status || '"') > 0) end
    where exists (select from listeners)
  ),
  judged as (
    select t.*, a.id is not null as is_entered,
      t.listener_id is null and not t.is_limited and t.target_id <> all ($15::text[])
        and coalesce(a.state, 'healthy') = 'healthy' and coalesce(a.paused_until, 0) <= t.at as may_go
    from targets t left join addresses a on a.id = t.target_id
  ),
  placed as (
    select j.*, row_number() over (partition by j.ordinals order by j.may_go desc, j.webhook_id nulls first) as place
    from judged j
  ),
  planned as materialized (
    select e.ordinal, e.job_id, e.finished_at, t.account_id, t.type, t.status, t.webhook_id, t.listener_id,
      t.target_id as address_id, case when t.webhook_id is null then t.origin end as origin, t.url, t.include_result,
      t.is_entered, t.place,
      case when t.place = 1 then e.delivery_id else ($16::text[])[(t.place - 2) * cardinality($1::text[]) + e.ordinal] end as id,
      case when t.may_go and t.place <= e.lease_max and e.ended_by in (select h.id from holders h) then e.ended_by
        end as leased_by
    from placed t cross join unnest(t.ordinals) as o (ordinal) join ended e on e.ordinal = o.ordinal
  ),
  added as (
    insert into deliveries (id, account_id, webhook_id, listener_id, address_id, job_id, job_type, job_status, trigger,
      status, url, next_attempt_at, leased_by, created_at, body)
    select p.id, p.account_id, p.webhook_id, p.listener_id, p.address_id, p.job_id, p.type, p.status, 'job',
      case when p.leased_by is null then 'waiting' else 'sending' end,
      p.url, case when p.leased_by is null then p.finished_at end, p.leased_by,
      p.finished_at,
      case when p.include_result then i.body_with_result else i.body end
    from planned p join ended i on i.ordinal = p.ordinal
  ),
  leased as (${enteredLeases('planned')}),
  touched as (
    select address_id, min(account_id) as account_id, min(origin) as origin, min(finished_at) as created_at,
      min(finished_at) filter (where leased_by is null) as due_at
    from planned where listener_id is null and (leased_by is null or not is_entered)
    group by address_id
  ),
  entered as (
    insert into addresses as a (id, account_id, origin, ready_at, created_at)
    select address_id, account_id, origin, due_at, created_at from touched order by address_id collate "C"
    on conflict (id) do update set ready_at = ${loweredReadyAt('excluded.ready_at')}
    where excluded.ready_at is not null
  ),
  waiting as (select listener_id from planned where leased_by is null),
  told as materialized (${notifyOfDeliveries('waiting')})
  select array(select ordinal from ended)::text as ordinals, null as places, null as "accountId", null as "webhookId",
    null as "addressId", null as url, null::boolean as "includeResult", null as "customHeaders", null as "retrySchedule",
    null as "sealedSecret", null as "sealedPreviousSecret", null::bigint as "previousSecretUntil",
    (select count(*) from told) as told
  union all
  select l.ordinals::text, l.places::text, w.account_id, w.id, w.id, w.url, w.include_result, w.headers, w.retry_schedule,
    w.sealed_secret, w.sealed_previous_secret, w.previous_secret_until, null
  from (
    select webhook_id, array_agg(ordinal) as ordinals, array_agg(place) as places
    from planned where leased_by is not null and webhook_id is not null group by webhook_id
  ) l join webhooks w on w.id = l.webhook_id
  union all
  select array[p.ordinal]::text, array[p.place]::text, p.account_id, null, p.address_id, p.url, p.include_result, null, null,
    w.sealed_secret, w.sealed_previous_secret, w.previous_secret_until, null
  from planned p left join webhooks w on w.account_id = p.account_id and w.name = 'default'
  where p.leased_by is not null and p.webhook_id is null
  `,
  { keepsPlan: true },
)

/** An address, and what was leased to us of it: all deliveries of a webhook, or that to a job webhook. */
interface LeasedRow
  extends Pick<
    LeasedDelivery,
    | 'accountId'
    | 'webhookId'
    | 'addressId'
    | 'url'
    | 'customHeaders'
    | 'retrySchedule'
    | 'sealedSecret'
    | 'sealedPreviousSecret'
    | 'previousSecretUntil'
  > {
  /** The places of the jobs in the batch, from 1 on: `{1,2}`. */
  readonly ordinals: string
  /** The places of the deliveries among those of their jobs, from 1 on. */
  readonly places: string
  readonly includeResult: boolean
}

/** The first row: the jobs that ended. */
type EndedRow = Pick<LeasedRow, 'ordinals'>

/** The statement wanted more ids than it was given: the only way a delivery's id can be null. */
function isShortOfIds(error: unknown): boolean {
  const { code, table, column } = error as { code?: unknown; table?: unknown; column?: unknown }
  return code === '23502' && table === 'deliveries' && column === 'id'
}

export function finishJobs(database: Connection, turns: Turns): Batched<FinishedJob, JobEnd> {
  let idsPerJob = 1

  /** How many deliveries there will be shows only in the statement; when ids run short it writes nothing, and gets more. */
  async function write(jobs: readonly FinishedJob[]) {
    const columns = toColumns(jobs)
    const records = JSON.stringify(
      jobs.flatMap((job) => toRunRecord(job.id, job.record ?? null, job.words ?? 0, job.finishedAt)),
    )
    // Jobs of one batch end in one process at one moment: what is full for one is full for all.
    const full = [...new Set(jobs.flatMap((job) => job.fullAddresses ?? []))]
    for (;;) {
      const ids = Array.from({ length: jobs.length * idsPerJob }, newId)
      const parameters = [
        ...columns,
        toIds(ids.slice(0, jobs.length)),
        records,
        toIds(full),
        toIds(ids.slice(jobs.length)),
      ]
      try {
        return { ids, rows: await database.run<LeasedRow>(FINISH_JOBS, parameters) }
      } catch (error) {
        if (!isShortOfIds(error)) throw error
        idsPerJob *= 2
      }
    }
  }

  return batched({
    turns,
    sizeOf: (job) => (job.result?.length ?? 0) + job.body.length + job.bodyWithResult.length,
    async run(jobs) {
      const { ids, rows } = await write(jobs)
      const [ended, ...leased] = rows as [EndedRow, ...LeasedRow[]]
      const ends = jobs.map((): { finished: boolean; deliveries: LeasedDelivery[] } => ({
        finished: false,
        deliveries: [],
      }))
      for (const ordinal of readNumbers(ended.ordinals)) (ends[ordinal - 1] as { finished: boolean }).finished = true
      for (const row of leased) {
        const places = readNumbers(row.places)
        for (const [index, ordinal] of readNumbers(row.ordinals).entries()) {
          const id = ids[((places[index] as number) - 1) * jobs.length + ordinal - 1] as string
          ends[ordinal - 1]?.deliveries.push(toLeased(id, row, jobs[ordinal - 1] as FinishedJob))
        }
      }
      return ends
    },
  })
}

const toIds = (ids: readonly string[]) => toKeyColumn(ids, (id) => id)

/** The parameters of {@link FINISH_JOBS} that have a value for each job, in their order, but for the ids of deliveries. */
function toColumns(jobs: readonly FinishedJob[]): string[] {
  return [
    toKeyColumn(jobs, ({ id }) => id),
    toColumn(jobs, ({ leasedBy }) => leasedBy),
    toColumn(jobs, ({ status }) => status),
    toJsonTextColumn(jobs, ({ result }) => result),
    toColumn(jobs, ({ error }) => error?.code ?? null),
    toColumn(jobs, ({ error }) => storableText(error?.message ?? null)),
    toColumn(jobs, ({ finishedAt }) => finishedAt),
    toJsonTextColumn(jobs, ({ body }) => body),
    toJsonTextColumn(jobs, ({ bodyWithResult }) => bodyWithResult),
    toColumn(jobs, ({ leaseDeliveriesMax }) => leaseDeliveriesMax),
    toColumn(jobs, ({ jobWebhookAddress }) => jobWebhookAddress?.id ?? null),
    toColumn(jobs, ({ jobWebhookAddress }) => jobWebhookAddress?.origin ?? null),
  ]
}

/** The body is not read back: it can be large, and we have just written it. */
function toLeased(id: string, row: LeasedRow, job: FinishedJob): LeasedDelivery {
  return {
    id,
    accountId: row.accountId,
    webhookId: row.webhookId,
    jobId: job.id,
    trigger: 'job',
    body: row.includeResult ? job.bodyWithResult : job.body,
    url: row.url,
    attemptCount: 0,
    failureCount: 0,
    addressId: row.addressId,
    probe: false,
    resend: false,
    deliveredBefore: false,
    customHeaders: row.customHeaders,
    retrySchedule: row.retrySchedule,
    sealedSecret: row.sealedSecret,
    sealedPreviousSecret: row.sealedPreviousSecret,
    previousSecretUntil: row.previousSecretUntil,
  }
}
