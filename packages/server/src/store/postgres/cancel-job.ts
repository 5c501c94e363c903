import type { CancelAnswer, JobStore, LeasedJob } from '../jobs.ts'
import { WORKERS_LANE } from '../lane-health.ts'
import { LEASED_JOB_FIELDS } from './claim-jobs.ts'
import { type Connection, statement } from './database.ts'
import { notifyIfAny } from './notify.ts'
import { END_WORKER_LEASE } from './worker-jobs.ts'

/** A process that was released takes nothing (see `release-process.ts`); then the mark is all that is written. */
const CANCEL_JOB = statement(
  'cancel_job',
  `
  with holder as materialized (
    select id from processes where id = $3 for key share
  ),
  found as materialized (
    select id, (due_at is not null or lane = '${WORKERS_LANE}') and exists (select from holder) as waits, status,
      leased_by as held_by
    from jobs
    where id = $2 and account_id = $1 and (select count(*) from holder) >= 0
    for update
  ),
  cancelled as (
    update jobs j
    set cancel_requested_at = coalesce(cancel_requested_at, $4),
      leased_by = case when found.waits then $3 else leased_by end, due_at = case when not found.waits then due_at end
    from found where j.id = found.id and found.status in ('new', 'pending')
    returning ${LEASED_JOB_FIELDS}, found.waits
  ),
  running as (select from cancelled where not waits),
  told as materialized (${notifyIfAny('cancelled', 'running')})
  select found.id as "foundId", found.held_by as "heldBy", cancelled.*, (select count(*) from told) as told
  from found left join cancelled on cancelled.id = found.id
  `,
)

type Row = Partial<LeasedJob> & {
  readonly foundId: string
  /** The lease of the worker that it was taken from. */
  readonly heldBy: string | null
  readonly waits: boolean | null
  readonly told: number
}

/** Marks a job as cancelled, and leases it to the caller when it waits. */
export async function cancelJob(
  database: Connection,
  { accountId, jobId, processId, now }: Parameters<JobStore['cancelJob']>[0],
): Promise<CancelAnswer | null> {
  const [row] = await database.run<Row>(CANCEL_JOB, [accountId, jobId, processId, now])
  if (!row) return null
  const { foundId: _foundId, told: _told, heldBy, waits, ...job } = row
  if (waits === null) return { kind: 'ended' }
  // A statement of its own: of two that cancel the last two jobs of a lease at once, one must see that none is left.
  if (waits && heldBy !== null) await database.run(END_WORKER_LEASE, [heldBy])
  // Every column is there when `cancelled` had the row.
  return waits ? { kind: 'taken', job: { ...(job as LeasedJob), probe: false } } : { kind: 'running' }
}

const LIST_CANCELLED = statement(
  'list_cancelled_jobs',
  'select id from jobs where leased_by = $1 and cancel_requested_at is not null',
)

/** Of the jobs that a process has leased, those that somebody cancelled. */
export async function listCancelled(database: Connection, processId: string): Promise<string[]> {
  return (await database.run<{ id: string }>(LIST_CANCELLED, [processId])).map(({ id }) => id)
}

/** Jobs that wait since their dispatch. Their `due_at` is that moment, so the oldest are at the front of the index. */
export const TAKE_UNSTARTED = statement(
  'take_unstarted_jobs',
  `
  with holder as materialized (
    select id from processes where id = $1 for key share
  ),
  unstarted as materialized (
    select id from jobs where due_at < $2 and status = 'new' and exists (select from holder)
    order by due_at limit $3
    for update skip locked
  )
  update jobs j set leased_by = $1, due_at = null
  from unstarted where j.id = unstarted.id
  returning ${LEASED_JOB_FIELDS}, false as probe
  `,
)

/** Leases jobs that never started, for their end. */
export function takeUnstarted(
  database: Connection,
  { processId, limit, dueBefore }: Parameters<JobStore['takeUnstarted']>[0],
): Promise<LeasedJob[]> {
  return database.run<LeasedJob>(TAKE_UNSTARTED, [processId, dueBefore, limit])
}
