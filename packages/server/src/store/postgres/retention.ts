import {
  judgeTime,
  noticesUntil,
  placeOf,
  type RetentionClock,
  type RetentionPass,
  type RetentionStore,
} from '../retention.ts'
import { type Connection, type Database, statement } from './database.ts'

/** The row of a pass is its lock: whoever finds it taken leaves the step to the other process. */
const LOCK_PASS = statement(
  'lock_retention_pass',
  'select place, begun_at as "begunAt" from retention_passes where name = $1 for update skip locked',
)

const MOVE_PASS = statement(
  'move_retention_pass',
  'update retention_passes set place = $2, begun_at = $3 where name = $1',
)

/** Waits for the other process that is just judging: it takes no longer than this. */
const LOCK_CLOCK = statement(
  'lock_retention_clock',
  'select trusted_at as "trustedAt", seen_at as "seenAt", doubted_ms as "doubtedMs" from retention_clock for update',
)

const SET_CLOCK = statement(
  'set_retention_clock',
  'update retention_clock set trusted_at = $1, seen_at = $2, doubted_ms = $3',
)

export const FIND_OLD_JOBS = statement(
  'find_old_jobs',
  `
  select id, created_at as "createdAt", payload_removed_at is not null as "isEmpty", true as "isOfPass"
  from jobs where id > $1 order by id limit $2
  `,
)

export const FIND_OLD_DELIVERIES = statement(
  'find_old_deliveries',
  `
  select id, created_at as "createdAt", payload_removed_at is not null as "isEmpty",
    job_id is null as "isOfPass"
  from deliveries where id > $1 order by id limit $2
  `,
)

/** `skip locked` everywhere: nobody is waited for, so there is no deadlock, and a row that is in use stays. */
export const LOCK_JOBS = statement(
  'lock_old_jobs',
  `
  select id from jobs where id = any ($1::text[]) and status not in ('new', 'pending') and finished_at < $2
  for update skip locked
  `,
)

/** All deliveries of the jobs, and whether each has ended long enough ago; what somebody holds is not among them. */
export const LOCK_DELIVERIES_OF_JOBS = statement(
  'lock_old_deliveries_of_jobs',
  `
  select id, job_id as "jobId", status not in ('waiting', 'sending') and finished_at < $2 as "isOver"
  from deliveries where job_id = any ($1::text[]) for update skip locked
  `,
)

export const COUNT_DELIVERIES = statement(
  'count_deliveries_of_jobs',
  'select job_id as "jobId", count(*) as count from deliveries where job_id = any ($1::text[]) group by job_id',
)

const LOCK_DELIVERIES = statement(
  'lock_old_deliveries',
  `
  select id from deliveries
  where id = any ($1::text[]) and job_id is null and status not in ('waiting', 'sending') and finished_at < $2
  for update skip locked
  `,
)

const DELETE_ATTEMPTS = statement('delete_attempts', 'delete from attempts where delivery_id = any ($1::text[])')
const DELETE_DELIVERIES = statement('delete_deliveries', 'delete from deliveries where id = any ($1::text[])')
/** What somebody is telling just now is locked, and new enough to stay. */
const DELETE_NOTICES = statement(
  'delete_address_notices',
  `
  delete from address_notices where (address_id, kind) in (
    select address_id, kind from address_notices where told_at < $1 for update skip locked
  )
  `,
)
const DELETE_RUNS = statement('delete_job_runs', 'delete from job_runs where job_id = any ($1::text[])')
const DELETE_JOBS = statement('delete_jobs', 'delete from jobs where id = any ($1::text[])')

const EMPTY_ATTEMPTS = statement(
  'empty_attempts',
  'update attempts set response_body = null where delivery_id = any ($1::text[]) and response_body is not null',
)
const EMPTY_DELIVERIES = statement(
  'empty_deliveries',
  `update deliveries set body = '', payload_removed_at = $2
   where id = any ($1::text[]) and payload_removed_at is null`,
)
const EMPTY_JOBS = statement(
  'empty_jobs',
  // The message of a worker's error is a text of its own, and may quote the input. Only failed jobs have one.
  `update jobs set input = '', result = null, payload_removed_at = $2,
     error_message = case when error_code is not null then 'The message was removed with the payload.' end
   where id = any ($1::text[]) and payload_removed_at is null`,
)

const SWEEP_DOCUMENTS = statement(
  'sweep_documents_of_jobs',
  'update documents set sweep_at = least(sweep_at, $2) where job_id = any ($1::text[]) returning id',
)

const FIND_JOB_TO_EXPUNGE = statement(
  'find_job_to_expunge',
  `select status in ('success', 'failed') as "isOver" from jobs where account_id = $1 and id = $2 for update`,
)

interface Found {
  readonly id: string
  readonly createdAt: number
  readonly isEmpty: boolean
  /** False: it goes with its job. */
  readonly isOfPass: boolean
}

export interface Locked {
  /** Empty in the passes that are about deliveries without a job. */
  readonly jobIds: readonly string[]
  readonly deliveryIds: readonly string[]
}

const NOTHING: Locked = { jobIds: [], deliveryIds: [] }

/** Locks the jobs of which everything has ended before, with their deliveries. */
async function lockJobs(connection: Connection, ids: readonly string[], endedBefore: number): Promise<Locked> {
  const jobs = await connection.run<{ id: string }>(LOCK_JOBS, [ids, endedBefore])
  const lockedIds = jobs.map(({ id }) => id)
  const deliveries = await connection.run<{ id: string; jobId: string; isOver: boolean }>(LOCK_DELIVERIES_OF_JOBS, [
    lockedIds,
    endedBefore,
  ])
  // After the locks: one that somebody holds is counted and not locked, and keeps its job.
  const counts = await connection.run<{ jobId: string; count: number }>(COUNT_DELIVERIES, [lockedIds])
  const missing = new Map(counts.map(({ jobId, count }) => [jobId, count]))
  for (const { jobId, isOver } of deliveries) if (isOver) missing.set(jobId, (missing.get(jobId) ?? 0) - 1)
  const jobIds = lockedIds.filter((id) => (missing.get(id) ?? 0) === 0)
  const going = new Set(jobIds)
  return { jobIds, deliveryIds: deliveries.filter(({ jobId }) => going.has(jobId)).map(({ id }) => id) }
}

async function lockDeliveries(connection: Connection, ids: readonly string[], endedBefore: number): Promise<Locked> {
  const deliveries = await connection.run<{ id: string }>(LOCK_DELIVERIES, [ids, endedBefore])
  return { jobIds: [], deliveryIds: deliveries.map(({ id }) => id) }
}

async function deleteAll(connection: Connection, { jobIds, deliveryIds }: Locked, now: number): Promise<void> {
  await connection.run(DELETE_ATTEMPTS, [deliveryIds])
  await connection.run(DELETE_DELIVERIES, [deliveryIds])
  if (jobIds.length === 0) return
  await connection.run(SWEEP_DOCUMENTS, [jobIds, now])
  await connection.run(DELETE_RUNS, [jobIds])
  await connection.run(DELETE_JOBS, [jobIds])
}

/** Removes the payloads of jobs and deliveries that are locked; gives the documents of the jobs. */
export async function emptyAll(
  connection: Connection,
  { jobIds, deliveryIds }: Locked,
  now: number,
): Promise<string[]> {
  await connection.run(EMPTY_ATTEMPTS, [deliveryIds])
  await connection.run(EMPTY_DELIVERIES, [deliveryIds, now])
  if (jobIds.length === 0) return []
  await connection.run(EMPTY_JOBS, [jobIds, now])
  return (await connection.run<{ id: string }>(SWEEP_DOCUMENTS, [jobIds, now])).map(({ id }) => id)
}

const PASSES = {
  jobs: { find: FIND_OLD_JOBS, lock: lockJobs, remove: deleteAll },
  job_payloads: { find: FIND_OLD_JOBS, lock: lockJobs, remove: emptyAll },
  deliveries: { find: FIND_OLD_DELIVERIES, lock: lockDeliveries, remove: deleteAll },
  delivery_payloads: { find: FIND_OLD_DELIVERIES, lock: lockDeliveries, remove: emptyAll },
} as const satisfies Record<RetentionPass, unknown>

/** Deletes what is old, and removes payloads. */
export function retentionOperations(database: Database): Omit<RetentionStore, 'removeDuePayloads'> {
  return {
    trustTime: (now) =>
      database.transaction(async (connection) => {
        const [known] = await connection.run<RetentionClock>(LOCK_CLOCK, [])
        const { trustedAt, seenAt, doubtedMs, isTrusted } = judgeTime(known as RetentionClock, now)
        await connection.run(SET_CLOCK, [trustedAt, seenAt, doubtedMs])
        return { isTrusted }
      }),
    removeOld: (slice) =>
      database.transaction(async (connection) => {
        const { pass, endedBefore, now, limit } = slice
        const { find, lock, remove } = PASSES[pass]
        const [known] = await connection.run<{ place: string; begunAt: number }>(LOCK_PASS, [pass])
        if (!known) return null
        const { place, begunAt } = placeOf(known, now)
        if (pass === 'deliveries' && place === '') await connection.run(DELETE_NOTICES, [noticesUntil(slice)])
        const rows = await connection.run<Found>(find, [place, limit])
        const old = rows.filter(({ createdAt }) => createdAt < endedBefore)
        const last = old.at(-1)?.id ?? place
        const candidates = old.filter(({ isEmpty, isOfPass }) => isOfPass && !(isEmpty && remove === emptyAll))
        const ids = candidates.map(({ id }) => id)
        const locked = ids.length > 0 ? await lock(connection, ids, endedBefore) : NOTHING
        const removed = lock === lockJobs ? locked.jobIds.length : locked.deliveryIds.length
        if (removed > 0) await remove(connection, locked, now)
        if (last !== place || place === '') await connection.run(MOVE_PASS, [pass, last, begunAt])
        return { removed, isAtEnd: old.length < limit }
      }),
    expungeJob: ({ accountId, jobId, now }) =>
      database.transaction(async (connection) => {
        const [job] = await connection.run<{ isOver: boolean }>(FIND_JOB_TO_EXPUNGE, [accountId, jobId])
        if (!job) return null
        if (!job.isOver) return 'unfinished'
        const locked = await lockJobs(connection, [jobId], Number.MAX_SAFE_INTEGER)
        if (locked.jobIds.length === 0) return 'delivering'
        return { documentIds: await emptyAll(connection, locked, now) }
      }),
  }
}
