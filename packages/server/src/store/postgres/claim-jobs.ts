import {
  afterJobClaim,
  CLAIM_ACCOUNTS_MAX,
  type ClaimedLane,
  divideJobClaim,
  openLanes,
  type RunningJobs,
  type WaitingAccount,
} from '../job-shares.ts'
import { type JobStore, type LeasedJob, NO_CAPS } from '../jobs.ts'
import { WORKERS_LANE } from '../lane-health.ts'
import { type Connection, type Database, statement } from './database.ts'

type JobClaim = Parameters<JobStore['claimJobs']>[0]

/** Columns of a leased job `j` that a statement gives back. */
export const LEASED_JOB_FIELDS = `j.id, j.account_id as "accountId", j.type, j.input,
  j.job_webhook_url as "jobWebhookUrl", j.attempts, j.runs as run, j.interruptions, j.lane,
  j.cancel_requested_at is not null as "isCancelled", j.created_at as "createdAt"`

/**
 * Takes the lanes: whoever claims holds them until it has leased, so that two claims never fill the same room twice. A
 * claim takes a few milliseconds, and the next one waits for it. A process that was released gets none (see
 * `release-process.ts`).
 */
const LOCK_LANES = statement(
  'lock_lanes',
  `
  with holder as materialized (
    select id from processes where id = $1 for key share
  )
  select id, state, paused_until as "pausedUntil", turn from lanes
  where served_by = 'runner' and exists (select from holder)
  order by id
  for no key update
  `,
)

/**
 * Whether anything was due in `lane` at `now`. Ordered by account, so that the planner takes `jobs_waiting`: through
 * `jobs_due` it would read past all that waits in a paused lane.
 */
export function isDueIn(lane: string, now: string): string {
  return `(select j.id from jobs j where j.lane = ${lane} and j.due_at <= ${now} order by j.account_id limit 1) is not null`
}

/**
 * What runners run, by account and lane: a walk through an index that holds nothing but leased jobs. Process by process, because
 * the planner would read the whole table for `in (select …)` while it has no statistics.
 */
export const COUNT_RUNNING = `
  select r.account_id, r.lane, sum(r.count)::bigint as count
  from processes p cross join lateral (
    select account_id, lane, count(*) as count from jobs
    where leased_by = p.id and lane <> '${WORKERS_LANE}' group by account_id, lane
  ) r
  group by r.account_id, r.lane`

/**
 * Accounts with due jobs in the given lanes, in the order of turns: those behind the account that was served last
 * first, then from the start; and how many are due, as far as the claim may take them. Goes from account to account in
 * the index `jobs_waiting`, so the cost grows with the accounts that wait, not with their jobs, and what waits in a
 * paused lane is not read at all.
 *
 * The alternative was a row for each account and lane with the time of its next job, as addresses have one: all batches
 * of an account that insert or end jobs would wait for each other there.
 */
export const FIND_WAITING = statement(
  'find_waiting_jobs',
  `
  with recursive lane as (
    select id, turn from json_to_recordset($1) as l (id text, turn text)
  ),
  walk as (
    select l.id as lane, l.turn collate "C" as turn, l.turn collate "C" as account_id, false as wrapped, 0 as step
    from lane l
    union all
    select w.lane, w.turn, next.account_id, next.wrapped, w.step + 1
    from walk w cross join lateral (
      select * from (
        (
          select j.account_id, false as wrapped from jobs j
          where not w.wrapped and j.lane = w.lane and j.due_at is not null and j.account_id > w.account_id
          order by j.account_id limit 1
        )
        union all
        (
          select j.account_id, true from jobs j
          where j.lane = w.lane and j.due_at is not null and j.account_id <= w.turn
            and j.account_id > case when w.wrapped then w.account_id else '' end
          order by j.account_id limit 1
        )
      ) either
      order by wrapped limit 1
    ) next
  )
  select w.lane, w.account_id as "accountId", due.count as due
  from walk w cross join lateral (
    select count(*) as count from (
      select from jobs j where j.lane = w.lane and j.account_id = w.account_id and j.due_at <= $2 limit $3
    ) j
  ) due
  where w.step > 0 and due.count > 0
  order by w.lane, w.step
  limit ${CLAIM_ACCOUNTS_MAX}
  `,
)

/**
 * Leases the longest due jobs of each account's share, and enters whose turn it was. The ids go to the update as an
 * array: for a join, the planner takes a tenth of the backlog for the share, and reads the whole table.
 */
export const LEASE_JOBS = statement(
  'lease_jobs',
  `
  with share as (
    select * from json_to_recordset($3) as s (lane text, account_id text, share integer, probe boolean)
  ),
  due as materialized (
    select due.id, due.due_at, s.probe
    from share s cross join lateral (
      select j.id, j.due_at from jobs j
      where j.lane = s.lane and j.account_id = s.account_id and j.due_at <= $2
      order by j.due_at
      limit s.share
      for update skip locked
    ) due
  ),
  entered as (
    update lanes l set turn = t.turn, paused_until = t.paused_until, probed_by = t.probed_by
    from json_to_recordset($4) as t (id text, turn text, paused_until bigint, probed_by text)
    where l.id = t.id
  ),
  claimed as (
    update jobs j
    set status = 'pending', due_at = null, leased_by = $1, attempts = attempts + 1, runs = runs + 1,
      started_at = coalesce(started_at, $2)
    where j.id = any (array(select id from due))
    returning ${LEASED_JOB_FIELDS}
  )
  select claimed.*, due.probe from claimed join due on due.id = claimed.id order by due.due_at, claimed.id
  `,
)

const COUNT_RUNNING_JOBS = statement(
  'count_running_jobs',
  `select account_id as "accountId", lane, count from (${COUNT_RUNNING}) r`,
)

/**
 * Leases due jobs. One transaction of four statements: what runs and what waits must be read after the lanes are ours,
 * and a statement does not see what was committed while it waited for a lock.
 */
export function claimJobs(database: Database, claim: JobClaim): Promise<LeasedJob[]> {
  const { processId, limit, now, caps = NO_CAPS } = claim
  return database.transaction(async (connection) => {
    const lanes = openLanes(await connection.run<ClaimedLane>(LOCK_LANES, [processId]), now)
    if (lanes.length === 0) return []
    const turns = JSON.stringify(lanes.map(({ id, turn }) => ({ id, turn })))
    const look = Math.min(limit, caps.perAccount)
    const waiting = await connection.run<WaitingAccount>(FIND_WAITING, [turns, now, look])
    if (waiting.length === 0) return []
    const running = await connection.run<RunningJobs>(COUNT_RUNNING_JOBS)
    return await lease(connection, claim, lanes, divideJobClaim(lanes, running, waiting, { limit, caps }))
  })
}

function lease(
  connection: Connection,
  { processId, now }: JobClaim,
  lanes: readonly ClaimedLane[],
  { shares, turns }: ReturnType<typeof divideJobClaim>,
): Promise<LeasedJob[]> {
  if (shares.length === 0) return Promise.resolve([])
  const failing = new Set(lanes.filter(({ state }) => state === 'failing').map(({ id }) => id))
  const input = shares.map(({ lane, accountId, share }) => ({
    lane,
    account_id: accountId,
    share,
    probe: failing.has(lane),
  }))
  const served = lanes
    .filter(({ id }) => turns.has(id))
    .map((lane) => {
      const { pausedUntil, probedBy } = afterJobClaim(lane, processId, now)
      return { id: lane.id, turn: turns.get(lane.id), paused_until: pausedUntil, probed_by: probedBy }
    })
  return connection.run<LeasedJob>(LEASE_JOBS, [processId, now, JSON.stringify(input), JSON.stringify(served)])
}
