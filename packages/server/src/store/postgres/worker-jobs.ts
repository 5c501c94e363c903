import { WORKERS_LANE } from '../lane-health.ts'
import type { WorkerJob, WorkerJobRow, WorkerJobStore } from '../worker-jobs.ts'
import { type Database, statement } from './database.ts'

const FIELDS = `j.id, j.account_id as "accountId", j.type, j.input, j.job_webhook_url as "jobWebhookUrl", j.attempts,
  j.runs as run, j.interruptions, j.cancel_requested_at is not null as "isCancelled", j.created_at as "createdAt"`

/** Jobs `j` that wait for a worker; literal, as in the index. */
const IS_WAITING = `j.due_at is not null and j.lane = '${WORKERS_LANE}'`

/**
 * Leases what is due of the account's types. Each type is looked up alone (`lateral`), so that its rows come from the
 * index in order of their due time and no more are read than may be leased, however many wait. The time is written as
 * the index has it, `due_at + 0`.
 */
export const LEASE_WORKER_JOBS = statement(
  'lease_worker_jobs',
  `
  with due as materialized (
    select found.id, found.due_at from unnest($2::text[]) t (type) cross join lateral (
      select j.id, j.due_at from jobs j
      where j.account_id = $1 and j.type = t.type and j.due_at + 0 <= $3 and ${IS_WAITING}
      order by j.due_at + 0
      limit $4
      for update skip locked
    ) found
    order by found.due_at
    limit $4
  ),
  entered as (
    insert into processes (id, host, pid, started_at, expires_at, enters_leases)
    select $5, $6, 0, $3, $7, true where exists (select from due)
  )
  update jobs j
  set status = 'pending', leased_by = $5, due_at = null, attempts = attempts + 1, runs = runs + 1,
    started_at = coalesce(started_at, $3)
  from due where j.id = due.id
  returning ${FIELDS}, due.due_at as "dueAt"
  `,
)

const NEXT_DUE = statement(
  'next_worker_job_due',
  `
  select min(found.due_at) as "dueAt" from unnest($2::text[]) t (type) cross join lateral (
    select min(j.due_at + 0) as due_at from jobs j where j.account_id = $1 and j.type = t.type and ${IS_WAITING}
  ) found
  `,
)

const FIND = statement(
  'find_worker_job',
  `
  select ${FIELDS}, j.status, j.error_code as "errorCode", j.leased_by as "leasedBy", p.started_at as "leasedAt"
  from jobs j left join processes p on p.id = j.leased_by
  where j.id = $2 and j.account_id = $1 and j.lane = '${WORKERS_LANE}'
  `,
)

const RENEW = statement(
  'renew_worker_lease',
  `
  update processes set expires_at = greatest(expires_at, $1)
  where id = $2 and exists (select from jobs where id = $3 and leased_by = $2 and lane = '${WORKERS_LANE}')
  returning expires_at as "expiresAt"
  `,
)

/** A lease has no pid; a process of this server never matches. */
export const END_WORKER_LEASE = statement(
  'end_worker_lease',
  'delete from processes where id = $1 and pid = 0 and not exists (select from jobs where leased_by = $1)',
)

/** Whoever leases for an account holds it until it has, so that two requests never fill the same room twice. */
const LOCK_ACCOUNT = statement('lock_account_of_workers', 'select id from accounts where id = $1 for no key update')

/** Up to a number, what the workers of an account have; from an index that holds nothing else. */
export const COUNT_HELD = statement(
  'count_held_by_workers',
  `
  select count(*)::integer as count from (
    select from jobs where account_id = $1 and leased_by is not null and lane = '${WORKERS_LANE}' limit $2
  ) held
  `,
)

/** Jobs that workers run. */
export function workerJobOperations(database: Database): WorkerJobStore {
  return {
    async leaseWorkerJobs({ accountId, types, limit, heldMax, now, lease: { id, host, expiresAt } }) {
      const rows = await database.transaction(async (connection) => {
        await connection.run(LOCK_ACCOUNT, [accountId])
        const [held] = await connection.run<{ count: number }>(COUNT_HELD, [accountId, heldMax])
        const room = Math.min(limit, heldMax - (held?.count ?? 0))
        if (room <= 0) return null
        const parameters = [accountId, types, now, room, id, host, expiresAt]
        return await connection.run<WorkerJob & { dueAt: number }>(LEASE_WORKER_JOBS, parameters)
      })
      if (rows === null) return { jobs: [], nextDueAt: null, isFull: true }
      if (rows.length > 0) {
        const longestDueFirst = rows.toSorted((one, other) => one.dueAt - other.dueAt)
        return { jobs: longestDueFirst.map(({ dueAt: _, ...job }) => job), nextDueAt: null, isFull: false }
      }
      const [next] = await database.run<{ dueAt: number | null }>(NEXT_DUE, [accountId, types])
      return { jobs: [], nextDueAt: next?.dueAt ?? null, isFull: false }
    },
    async findWorkerJob(accountId, jobId) {
      const [row] = await database.run<WorkerJobRow>(FIND, [accountId, jobId])
      return row ?? null
    },
    async renewWorkerLease({ id, jobId, expiresAt }) {
      const [row] = await database.run<{ expiresAt: number }>(RENEW, [expiresAt, id, jobId])
      return row?.expiresAt ?? null
    },
    async endWorkerLease(leaseId) {
      await database.run(END_WORKER_LEASE, [leaseId])
    },
  }
}
