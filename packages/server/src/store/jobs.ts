import type { FinalJobStatus, JobError, JobStatus } from '@ringback/contract'
import type { LeasedDelivery } from './deliveries.ts'
import type { NewJobRun } from './job-runs.ts'
import type { LaneState } from './lane-health.ts'
import type { ListRange } from './list-range.ts'

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
  /** How often it was started, less the starts that say nothing about it: interrupted ones, and waits for the provider. */
  readonly attempts: number
  readonly createdAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** Where it waits, see `lanes.ts`. */
  readonly lane: string
  /** When it may be started; null when it runs or has ended. */
  readonly dueAt: number | null
  /** When somebody asked to cancel it. */
  readonly cancelRequestedAt: number | null
  /** When input and result were removed (`retention.ts`): they are empty and null since. */
  readonly payloadRemovedAt: number | null
  /** How long it keeps them after its last end and that of its deliveries; null: as the server keeps all. */
  readonly payloadRetentionMs: number | null
  /** Of its lane. */
  readonly laneState: LaneState
  readonly lanePausedUntil: number | null
}

/** A job as lists show it: input and result can be a megabyte each. */
export type JobListRow = Pick<
  JobRow,
  | 'id'
  | 'accountId'
  | 'type'
  | 'status'
  | 'error'
  | 'jobWebhookUrl'
  | 'attempts'
  | 'createdAt'
  | 'startedAt'
  | 'finishedAt'
>

/** What a list of jobs is made of; conditions that are left out let all through. */
export interface JobFilter extends ListRange {
  readonly status?: JobStatus
  readonly type?: string
  /** At least one run on record asked it. */
  readonly model?: { readonly provider: string; readonly model: string }
}

export interface NewJob {
  readonly id: string
  readonly accountId: string
  readonly type: string
  /** JSON text. */
  readonly input: string
  readonly jobWebhookUrl: string | null
  readonly createdAt: number
  /** Must exist; `offline` when left out. */
  readonly lane?: string
  /**
   * The process that runs the job at once, null for "whoever claims it". Leasing with the insert saves a transaction a
   * job; the caller runs it after the promise has resolved, when it is on disk and `leased` came back.
   */
  readonly leasedBy: string | null
  /** What may run at once; without it, no lease is refused for what runs already. */
  readonly caps?: JobCaps
  /** Its payloads go so long after the last end of it and its deliveries; null or left out: as the server keeps all. */
  readonly payloadRetentionMs?: number | null
}

/** Jobs that may run at once, in all processes together. */
export interface JobCaps {
  readonly perAccount: number
  /** Of one lane; `offline` has no such cap. */
  readonly perLane: number
}

export const NO_CAPS: JobCaps = { perAccount: Number.MAX_SAFE_INTEGER, perLane: Number.MAX_SAFE_INTEGER }

/** A job that this process may run, and nobody else, until it finishes, reschedules or loses its lease. */
export interface LeasedJob {
  readonly id: string
  readonly accountId: string
  readonly type: string
  readonly input: string
  readonly jobWebhookUrl: string | null
  readonly attempts: number
  /** The number of this start, whatever became of those before. Whoever ends or reschedules the run names it. */
  readonly run: number
  /** How often the process ended that was running it. */
  readonly interruptions: number
  readonly lane: string
  /** It finds out whether its failing lane works again. */
  readonly probe: boolean
  /** Somebody cancelled it while it was leased: it must end and not run. */
  readonly isCancelled: boolean
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
  /** The run that ended it, when there is something to tell of it. */
  readonly record?: NewJobRun | null
  /** Words of its input, counted into the month of its account. */
  readonly words?: number
}

export interface JobEnd {
  /** False when the lease was lost: the job and its deliveries are somebody else's now. */
  readonly finished: boolean
  /** Deliveries that were leased to the caller. */
  readonly deliveries: readonly LeasedDelivery[]
}

export type CancelAnswer =
  /** It waited, and is leased to the caller, who ends it. */
  | { readonly kind: 'taken'; readonly job: LeasedJob }
  /** It runs: whoever has leased it is told. */
  | { readonly kind: 'running' }
  | { readonly kind: 'ended' }

export interface JobStore {
  /**
   * Resolves when the job is on disk. Calls gather into one transaction. It is leased to `leasedBy` when that process
   * is entered, its lane is neither paused nor failing, nobody waits in that lane, and the caps allow it.
   */
  insertJob(job: NewJob): Promise<{ readonly leased: boolean }>
  /** The account's job; another account's is as unknown as one that never was. */
  findJob(accountId: string, jobId: string): Promise<JobRow | null>
  /** Those of the jobs that have ended, whoever's they are. */
  findEndedJobs(jobIds: readonly string[]): Promise<string[]>
  /** Jobs of an account, newest first. */
  listJobs(filter: JobFilter): Promise<JobListRow[]>
  /**
   * Leases up to `limit` jobs that are due, and marks them `pending`. Accounts take turns, from claim to claim too; of
   * one account the longest due go first. A paused lane is passed by; a failing one gives one job when its pause has
   * ended: the probe.
   */
  claimJobs(claim: { processId: string; limit: number; now: number; caps?: JobCaps }): Promise<LeasedJob[]>
  /**
   * When a job may be claimed next that could not at `after`; `after` itself when jobs are due and only caps are in
   * their way; null when there is none.
   */
  nextJobDueAt(after?: number): Promise<number | null>
  /** When the job is due, or was, that is due first of all that wait, whatever for; null when none waits. */
  firstJobDueAt(): Promise<number | null>
  /**
   * Writes the end of a job **and the deliveries that tell of it in one transaction**: one for its job webhook, and one
   * for each enabled webhook of the account whose filters it passes, unless the job webhook is sent instead. A delivery
   * is leased at once only when its address is healthy, unpaused and without a rate limit. In the same transaction the
   * run is recorded and counted. Calls gather into one transaction.
   */
  finishJob(job: FinishedJob): Promise<JobEnd>
  /**
   * Gives a job back to run again at `runAt` (at once when somebody cancelled it, so that it ends), and records the run
   * in the same transaction. `spendAttempt: false` takes the attempt back that the start counted. Gives false when the
   * lease was lost. `run` is the number it was leased with: the same call again, after an answer that was lost, must not
   * take the lease of the next run away.
   */
  rescheduleJob(job: {
    id: string
    leasedBy: string
    run: number
    runAt: number
    spendAttempt: boolean
    record?: NewJobRun | null
  }): Promise<boolean>
  /**
   * Asks for the end of a job. One that waits is leased to `processId`, which ends it with {@link finishJob}; if that
   * process dies first, whoever claims the job ends it. One that runs is marked, and its process hears of it (`onWork`);
   * one that a worker has is taken from it as if it waited.
   */
  cancelJob(cancel: { accountId: string; jobId: string; processId: string; now: number }): Promise<CancelAnswer | null>
  /** Of the jobs that a process has leased, those that somebody cancelled. */
  listCancelled(processId: string): Promise<string[]>
  /** Leases up to `limit` jobs that were due before `dueBefore` and never started; they are to be ended, not run. */
  takeUnstarted(take: { processId: string; limit: number; dueBefore: number }): Promise<LeasedJob[]>
}
