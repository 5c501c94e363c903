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
import type { Database } from './database.ts'

type JobClaim = Parameters<JobStore['claimJobs']>[0]

/** A leased job as it is read; `probe` is not in its row. */
export type StoredLease = Omit<LeasedJob, 'probe' | 'isCancelled'> & { readonly isCancelled: number }

export const LEASED_JOB_FIELDS = `id, account_id as accountId, type, input, job_webhook_url as jobWebhookUrl, attempts,
  runs as run, interruptions, lane, cancel_requested_at is not null as isCancelled, created_at as createdAt`

export const toLeasedJob = (row: StoredLease, probe = false): LeasedJob => ({
  ...row,
  isCancelled: row.isCancelled === 1,
  probe,
})

/** What runners run, by account and lane: one walk through an index that holds nothing but leased jobs. */
export const COUNT_RUNNING = `
  select account_id as accountId, lane, count(*) as count from jobs
  where leased_by is not null and leased_by in (select id from processes) and lane <> '${WORKERS_LANE}'
  group by account_id, lane`

/**
 * Accounts that have jobs waiting in lane `?1`, in the order of turns: those behind account `?2` first, then from the
 * start. Goes from account to account in the index, and never reads a second job of one; only those with a job that is
 * due by `?3` come out. The steps are taken as the rows are asked for, so the limit ends them: 4 µs for one account, with
 * one waiting job or 100,000, and 0.25 ms for 1,000 accounts as for 10,000.
 */
export const FIND_WAITING_ACCOUNTS = `
  with recursive walk (account_id, wrapped) as (
    select ?2, 0
    union all
    select coalesce(
        case when not wrapped then
          (select j.account_id from jobs j where j.lane = +?1 and j.due_at is not null and j.account_id > walk.account_id
           order by j.account_id limit 1) end,
        (select j.account_id from jobs j where j.lane = +?1 and j.due_at is not null and j.account_id <= ?2
         and j.account_id > case when wrapped then walk.account_id else '' end order by j.account_id limit 1)),
      wrapped or not exists (
        select 1 from jobs j where j.lane = +?1 and j.due_at is not null and j.account_id > walk.account_id)
    from walk where walk.account_id is not null
  )
  select account_id as accountId from (select account_id from walk where account_id is not null limit -1 offset 1) w
  where exists (select 1 from jobs j where j.lane = +?1 and j.account_id = w.account_id and j.due_at is not null
    and j.due_at <= ?3)
  limit ${CLAIM_ACCOUNTS_MAX}`

/**
 * The longest due jobs of an account in a lane, by row number, which the index has: never more of it than are asked for,
 * and no row: by id, 64 took 41 µs in place of 20.
 */
export const FIND_DUE_JOBS = `
  select rowid as row from jobs
  where lane = +? and account_id = ? and due_at is not null and due_at <= ? order by due_at limit +?`

/**
 * Finds what is due by lane and account. The cost grows with the accounts that wait, not with their jobs, and a paused
 * lane is a row that is passed by.
 *
 * The alternative was a row for each account and lane with the time of its next job, as addresses have one: each insert
 * and each end of a job would write it, and on PostgreSQL all batches of an account would wait for each other there.
 */
export function createClaimJobs(database: Database) {
  const lanesOfRunners = database.prepare<ClaimedLane>(
    `select id, state, paused_until as pausedUntil, turn from lanes where served_by = 'runner' order by id`,
  )
  const countRunning = database.prepare<RunningJobs>(COUNT_RUNNING)
  const findWaiting = database.prepare<{ accountId: string }>(FIND_WAITING_ACCOUNTS)
  const findDue = database.prepare<{ row: number }>(FIND_DUE_JOBS)
  const lease = database.prepare<StoredLease>(
    `update jobs set status = 'pending', leased_by = ?1, due_at = null, attempts = attempts + 1, runs = runs + 1,
       started_at = coalesce(started_at, ?2)
     where rowid = ?3 returning ${LEASED_JOB_FIELDS}`,
  )
  const enterClaim = database.prepare('update lanes set turn = ?, paused_until = ?, probed_by = ? where id = ?')

  return function claimJobs({ processId, limit, now, caps = NO_CAPS }: JobClaim): LeasedJob[] {
    const lanes = openLanes(lanesOfRunners.all(), now)
    const dueOf = new Map<string, number[]>()
    const waiting = lanes.flatMap((lane) =>
      findWaiting.all(lane.id, lane.turn, now).map(({ accountId }): WaitingAccount => {
        const due = findDue.all(lane.id, accountId, now, Math.min(limit, caps.perAccount)).map(({ row }) => row)
        dueOf.set(`${lane.id} ${accountId}`, due)
        return { accountId, lane: lane.id, due: due.length }
      }),
    )
    if (waiting.length === 0) return []
    const { shares, turns } = divideJobClaim(lanes, countRunning.all(), waiting, { limit, caps })
    const probing = new Set(lanes.filter(({ state }) => state === 'failing').map(({ id }) => id))
    const leased = shares.flatMap(({ lane, accountId, share }) =>
      (dueOf.get(`${lane} ${accountId}`) ?? [])
        .slice(0, share)
        .map((row) => toLeasedJob(lease.get(processId, now, row) as StoredLease, probing.has(lane))),
    )
    for (const lane of lanes) {
      const turn = turns.get(lane.id)
      if (turn === undefined) continue
      const { pausedUntil, probedBy } = afterJobClaim(lane, processId, now)
      enterClaim.run(turn, pausedUntil, probedBy, lane.id)
    }
    return leased
  }
}
