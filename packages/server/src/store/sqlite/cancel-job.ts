import type { JobStore } from '../jobs.ts'
import { WORKERS_LANE } from '../lane-health.ts'
import type { WorkKind } from '../store.ts'
import { LEASED_JOB_FIELDS, type StoredLease, toLeasedJob } from './claim-jobs.ts'
import type { Database } from './database.ts'
import { createIsLeaseholder } from './leaseholders.ts'
import type { Synchronous } from './synchronous.ts'
import { END_WORKER_LEASE } from './worker-jobs.ts'

/** Jobs that wait since their dispatch. Their `due_at` is that moment, so the oldest are at the front of the index. */
export const FIND_UNSTARTED = `
  select id from jobs where due_at < ? and status = 'new' order by due_at limit +?`

/** Takes jobs from the queue to end them: those that a person cancels, and those that waited too long. */
export function cancelOperations(
  database: Database,
  wake: (kind: WorkKind) => void,
): Pick<Synchronous<JobStore>, 'cancelJob' | 'listCancelled' | 'takeUnstarted'> {
  const isLeaseholder = createIsLeaseholder(database)
  const findCancellable = database.prepare<{ isFinal: number; waits: number; leasedBy: string | null }>(
    `select status in ('success', 'failed') as isFinal, due_at is not null or lane = '${WORKERS_LANE}' as waits,
       leased_by as leasedBy
     from jobs where account_id = ? and id = ?`,
  )
  const cancel = database.prepare('update jobs set cancel_requested_at = coalesce(cancel_requested_at, ?) where id = ?')
  const take = database.prepare<StoredLease>(
    `update jobs set leased_by = ?, due_at = null where id = ? returning ${LEASED_JOB_FIELDS}`,
  )
  const endWorkerLease = database.prepare(END_WORKER_LEASE)
  const cancelled = database.prepare<{ id: string }>(
    'select id from jobs where leased_by = ? and leased_by is not null and cancel_requested_at is not null',
  )
  const findUnstarted = database.prepare<{ id: string }>(FIND_UNSTARTED)

  return {
    cancelJob({ accountId, jobId, processId, now }) {
      const job = findCancellable.get(accountId, jobId)
      if (!job) return null
      if (job.isFinal) return { kind: 'ended' }
      cancel.run(now, jobId)
      if (job.waits && isLeaseholder(processId)) {
        const taken = toLeasedJob(take.get(processId, jobId) as StoredLease)
        if (job.leasedBy !== null) endWorkerLease.run(job.leasedBy)
        return { kind: 'taken', job: taken }
      }
      wake('cancelled')
      return { kind: 'running' }
    },
    listCancelled: (processId) => cancelled.all(processId).map(({ id }) => id),
    takeUnstarted({ processId, limit, dueBefore }) {
      if (!isLeaseholder(processId)) return []
      const ids = findUnstarted.all(dueBefore, limit)
      return ids.map(({ id }) => toLeasedJob(take.get(processId, id) as StoredLease))
    },
  }
}
