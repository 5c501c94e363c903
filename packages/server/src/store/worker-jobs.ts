import type { JobStatus } from '@ringback/contract'
import type { LeasedJob } from './jobs.ts'

/** A job that a worker has leased. */
export type WorkerJob = Omit<LeasedJob, 'lane' | 'probe'>

/** A job that an account's own worker runs, whatever has become of it. */
export interface WorkerJobRow extends WorkerJob {
  readonly status: JobStatus
  readonly errorCode: string | null
  /** The lease it is held by, and since when; null when it waits or has ended. */
  readonly leasedBy: string | null
  readonly leasedAt: number | null
}

export interface WorkerLeaseRequest {
  readonly accountId: string
  readonly types: readonly string[]
  readonly limit: number
  /** Most jobs that the account's workers may have at once, these included. */
  readonly heldMax: number
  readonly now: number
  /** The row of `processes` that the jobs are leased to; entered only when there are jobs. */
  readonly lease: { readonly id: string; readonly host: string; readonly expiresAt: number }
}

export interface WorkerLeaseResult {
  readonly jobs: WorkerJob[]
  readonly nextDueAt: number | null
  readonly isFull: boolean
}

/**
 * Jobs that workers run: those of the lane `workers`.
 *
 * A lease is a row of `processes` that the worker's heartbeat renews; when it ends, `releaseProcess` gives its jobs
 * back like those of any process. It gets jobs once, when it is entered. What comes of a job is written with `finishJob`
 * and `rescheduleJob`, like that of any job.
 */
export interface WorkerJobStore {
  /**
   * Leases up to `limit` jobs that are due, the longest due first, as far as `heldMax` allows. When there are none, says
   * when the next is due; `isFull` when there is no room for any.
   */
  leaseWorkerJobs(request: WorkerLeaseRequest): Promise<WorkerLeaseResult>
  /** The account's job, if a worker runs it. */
  findWorkerJob(accountId: string, jobId: string): Promise<WorkerJobRow | null>
  /** Moves the end of a lease to `expiresAt`, never to earlier, if it holds the job. Gives its end; null when it does not. */
  renewWorkerLease(lease: { id: string; jobId: string; expiresAt: number }): Promise<number | null>
  /** Forgets a lease that holds no job any more. */
  endWorkerLease(leaseId: string): Promise<void>
}
