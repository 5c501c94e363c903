import type { FinalJobStatus, JobError, JobStatus } from '@ringback/contract'
import type { LeasedDelivery } from './deliveries.ts'

/** A job as people and the status routes see it. */
export interface JobRow {
  readonly id: string
  readonly accountId: string
  readonly type: string
  readonly status: JobStatus
  /** JSON text. */
  readonly input: string
  /** JSON text as `JSON.stringify` writes it; null unless `success`. */
  readonly result: string | null
  readonly error: JobError | null
  readonly jobWebhookUrl: string | null
  /** How often it was started. */
  readonly attempts: number
  readonly createdAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
}

export interface NewJob {
  readonly id: string
  readonly accountId: string
  readonly type: string
  /** JSON text. */
  readonly input: string
  readonly jobWebhookUrl: string | null
  readonly createdAt: number
  /**
   * The process that runs the job at once, null for "whoever claims it". Leasing with the insert saves a transaction a
   * job; the caller runs it after the promise has resolved, when it is on disk.
   */
  readonly leasedBy: string | null
}

/** A job that this process may run, and nobody else, until it finishes, reschedules or loses its lease. */
export interface LeasedJob {
  readonly id: string
  readonly accountId: string
  readonly type: string
  readonly input: string
  readonly jobWebhookUrl: string | null
  readonly attempts: number
  readonly createdAt: number
}

export interface FinishedJob {
  readonly id: string
  /** The address of its job webhook (`webhooks/address-id.ts`); null when it has none. */
  readonly jobWebhookAddress: { readonly id: string; readonly origin: string } | null
  /** The process that holds the lease. When it has lost it, nothing is written: somebody else runs the job. */
  readonly leasedBy: string
  readonly status: FinalJobStatus
  readonly result: string | null
  readonly error: JobError | null
  readonly finishedAt: number
  /** Webhook body for addresses without *include result*. */
  readonly body: string
  /** Webhook body for addresses with it. */
  readonly bodyWithResult: string
  /** How many of the new deliveries this process sends at once (they come back leased); the rest wait to be claimed. */
  readonly leaseDeliveriesMax: number
  /** Addresses of which this process has enough under way: their deliveries wait to be claimed. */
  readonly fullAddresses?: readonly string[]
}

export interface JobEnd {
  /** False when the lease was lost: the job and its deliveries are somebody else's now. */
  readonly finished: boolean
  /** Deliveries that were leased to the caller. */
  readonly deliveries: readonly LeasedDelivery[]
}

export interface JobStore {
  /** Resolves when the job is on disk. Calls gather into one transaction. */
  insertJob(job: NewJob): Promise<void>
  /** The account's job; another account's is as unknown as one that never was. */
  findJob(accountId: string, jobId: string): Promise<JobRow | null>
  /** Leases up to `limit` jobs that are due, the longest due first, and marks them `pending`. */
  claimJobs(claim: { processId: string; limit: number; now: number }): Promise<LeasedJob[]>
  /** When the next job that nobody runs is due; null when there is none. */
  nextJobDueAt(): Promise<number | null>
  /**
   * Writes the end of a job **and the deliveries that tell of it in one transaction**: one for its job webhook, and one
   * for each enabled webhook of the account whose filters it passes, unless the job webhook is sent instead. A delivery
   * is leased at once only when its address is healthy, unpaused and without a rate limit. Calls gather into one transaction.
   */
  finishJob(job: FinishedJob): Promise<JobEnd>
  /**
   * Gives a job back to run again at `runAt`. `spendAttempt: false` takes the start back that `claimJobs` counted.
   * Gives false when the lease was lost. `run` is the `attempts` it was leased with: the same call again, after an answer
   * that was lost, must not take the lease of the next run away.
   */
  rescheduleJob(job: {
    id: string
    leasedBy: string
    run: number
    runAt: number
    spendAttempt: boolean
  }): Promise<boolean>
}
