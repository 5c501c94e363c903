import { WORKERS_LANE } from '../lane-health.ts'
import type { WorkerJob, WorkerJobRow, WorkerJobStore } from '../worker-jobs.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'

const FIELDS = `jobs.id, account_id as accountId, type, input, job_webhook_url as jobWebhookUrl, attempts, runs as run,
  interruptions, cancel_requested_at is not null as isCancelled, created_at as createdAt`

/** SQLite has no booleans. */
type Stored<Row extends WorkerJob> = Omit<Row, 'isCancelled'> & { readonly isCancelled: number }

function toWorkerJob<Row extends WorkerJob>(row: Stored<Row>): Row {
  return { ...row, isCancelled: row.isCancelled === 1 } as Row
}

/** Literal, as in the index. */
const IS_WAITING = `due_at is not null and lane = '${WORKERS_LANE}'`

/** What is due of one type; a claim asks for each type alone, so that it reads no more than it may lease. */
export const FIND_WORKER_JOBS = `select id, due_at as dueAt from jobs
  where account_id = ?1 and type = ?2 and due_at <= ?3 and ${IS_WAITING} order by due_at limit +?4`

/** Up to a number, what the workers of an account have; from an index that holds nothing else. */
export const COUNT_HELD = `select count(*) as count from (
  select 1 from jobs where account_id = ?1 and leased_by is not null and lane = '${WORKERS_LANE}' limit +?2
)`

/** Forgets a lease of a worker that holds no job any more. A lease has no pid; a process of this server never matches. */
export const END_WORKER_LEASE =
  'delete from processes where id = ?1 and pid = 0 and not exists (select 1 from jobs where leased_by = ?1)'

/** Jobs that workers run. */
export function workerJobOperations(database: Database): Synchronous<WorkerJobStore> {
  const findDue = database.prepare<{ id: string; dueAt: number }>(FIND_WORKER_JOBS)
  const nextDue = database.prepare<{ dueAt: number | null }>(
    `select min(due_at) as dueAt from jobs where account_id = ? and type = ? and ${IS_WAITING}`,
  )
  const enter = database.prepare('insert into processes (id, host, pid, started_at, expires_at) values (?, ?, 0, ?, ?)')
  const lease = database.prepare<Stored<WorkerJob>>(
    `update jobs set status = 'pending', leased_by = ?1, due_at = null, attempts = attempts + 1, runs = runs + 1,
       started_at = coalesce(started_at, ?2)
     where id = ?3 returning ${FIELDS}`,
  )
  const find = database.prepare<Stored<WorkerJobRow>>(
    `select ${FIELDS}, status, error_code as errorCode, leased_by as leasedBy, p.started_at as leasedAt
     from jobs left join processes p on p.id = jobs.leased_by
     where account_id = ? and jobs.id = ? and lane = '${WORKERS_LANE}'`,
  )
  const renew = database.prepare<{ expiresAt: number }>(
    `update processes set expires_at = max(expires_at, ?1)
     where id = ?2 and exists (select 1 from jobs where id = ?3 and leased_by = ?2 and lane = '${WORKERS_LANE}')
     returning expires_at as expiresAt`,
  )
  const endLease = database.prepare(END_WORKER_LEASE)
  const countHeld = database.prepare<{ count: number }>(COUNT_HELD)

  return {
    leaseWorkerJobs({ accountId, types, limit, heldMax, now, lease: { id: leaseId, host, expiresAt } }) {
      const room = Math.min(limit, heldMax - (countHeld.get(accountId, heldMax)?.count ?? 0))
      if (room <= 0) return { jobs: [], nextDueAt: null, isFull: true }
      const due = types
        .flatMap((type) => findDue.all(accountId, type, now, room))
        .sort((one, other) => one.dueAt - other.dueAt)
        .slice(0, room)
      if (due.length === 0) {
        const dueTimes = types.flatMap((type) => nextDue.get(accountId, type)?.dueAt ?? [])
        return { jobs: [], nextDueAt: dueTimes.length > 0 ? Math.min(...dueTimes) : null, isFull: false }
      }
      enter.run(leaseId, host, now, expiresAt)
      const jobs = due.map(({ id }) => toWorkerJob(lease.get(leaseId, now, id) as Stored<WorkerJob>))
      return { jobs, nextDueAt: null, isFull: false }
    },
    findWorkerJob(accountId, jobId) {
      const row = find.get(accountId, jobId)
      return row ? toWorkerJob<WorkerJobRow>(row) : null
    },
    renewWorkerLease: ({ id, jobId, expiresAt }) => renew.get(expiresAt, id, jobId)?.expiresAt ?? null,
    endWorkerLease(leaseId) {
      endLease.run(leaseId)
    },
  }
}
