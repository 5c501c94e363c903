import type { AccountStore, MetaStore } from './accounts.ts'
import type { ClockStore } from './clock.ts'
import type { DeliveryStore } from './deliveries.ts'
import type { DeliveryStatsStore } from './delivery-stats.ts'
import type { DocumentStore } from './documents.ts'
import type { IdempotencyStore } from './idempotency.ts'
import type { JobRunStore } from './job-runs.ts'
import type { JobStore } from './jobs.ts'
import { WORKERS_LANE } from './lane-health.ts'
import type { LaneStore } from './lanes.ts'
import type { ListenerStore } from './listeners.ts'
import type { MissedStore } from './missed.ts'
import type { NoticeStore } from './notices.ts'
import type { OverviewStore } from './overview.ts'
import type { ProcessStore } from './processes.ts'
import type { RetentionStore } from './retention.ts'
import type { SessionStore } from './sessions.ts'
import type { WebhookStore } from './webhooks.ts'
import type { WorkerJobStore } from './worker-jobs.ts'
import type { WorkflowStore } from './workflows.ts'

/**
 * What there is to do: jobs to start, deliveries to send, running jobs that somebody cancelled, and jobs for the workers
 * of an account (see {@link workerJobsOf}; of any account when it is not known of which). What there is for listeners is
 * told of each alone ({@link listenerOf}).
 */
export const WORK_KINDS = ['jobs', 'deliveries', 'cancelled', 'worker_jobs'] as const
export type WorkKind =
  | (typeof WORK_KINDS)[number]
  | `worker_jobs:${string}`
  | `listener:${string}`
  | `listener_answered:${string}`

/** What workers of an account wait for: told with the account, so that a job wakes only those who may run it. */
export function workerJobsOf(accountId: string): WorkKind {
  return `worker_jobs:${accountId}`
}

/** What the stream of a listener waits for: told with its id, so that couriers sleep on and other streams do not look. */
export function listenerOf(listenerId: string): WorkKind {
  return `listener:${listenerId}`
}

/** Another process than the one that leased it has recorded an attempt of the listener. */
export function listenerAnsweredOf(listenerId: string): WorkKind {
  return `listener_answered:${listenerId}`
}

/** What is told when a job is due: the runners of all processes, or the account's workers, wait in its lane. */
export function dueJobsOf({ lane, accountId }: { readonly lane: string; readonly accountId: string }): WorkKind {
  return lane === WORKERS_LANE ? workerJobsOf(accountId) : 'jobs'
}

/**
 * Everything Ringback remembers. Two engines implement it, `sqlite/` and `postgres/`, and both pass one conformance
 * suite (`conformance.ts`); nothing outside this folder knows which one it talks to.
 *
 * Rules that hold for every method: a promise that resolves was written durably; times are Unix milliseconds given by
 * the caller; a lease is held by a process id, and whoever lost it writes nothing; ids decide the order of lists.
 */
export interface Store
  extends AccountStore,
    MetaStore,
    SessionStore,
    WebhookStore,
    JobStore,
    JobRunStore,
    IdempotencyStore,
    LaneStore,
    WorkerJobStore,
    WorkflowStore,
    DocumentStore,
    DeliveryStore,
    DeliveryStatsStore,
    MissedStore,
    OverviewStore,
    ListenerStore,
    RetentionStore,
    NoticeStore,
    ProcessStore,
    ClockStore {
  readonly engine: 'sqlite' | 'postgres'
  /**
   * Calls the listener when work may be due that this process did not just lease: from this process, or with
   * PostgreSQL from another. A hint: nothing depends on its arrival. Gives the function that ends it.
   */
  onWork(listener: (kind: WorkKind) => void): () => void
  /** Resolves when the database answers. */
  ping(): Promise<void>
  /** Waits for what is under way, then closes. */
  close(): Promise<void>
}
