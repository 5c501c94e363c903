import type { JobStatus } from '@ringback/contract'
import type { RecoverPlace } from './deliveries.ts'

/** Where to look for jobs that a webhook was not told of. */
export interface MissedFilter {
  readonly accountId: string
  readonly webhookId: string
  /** Of the creation of the jobs, from (inclusive) and until (exclusive). */
  readonly since: number
  readonly until: number
  /** Those with a job webhook too: the account wants both to be told. */
  readonly besideJobWebhooks: boolean
}

/** A job that has ended and of which a webhook has no delivery. Its filters are not looked at. */
export interface MissedJob {
  readonly id: string
  readonly type: string
  readonly status: JobStatus
}

/** A delivery that is written long after the end of its job. */
export interface LateDelivery {
  readonly id: string
  readonly jobId: string
  readonly body: string
}

export interface MissedStore {
  /**
   * Looks at `limit` jobs, in the order of their creation, and gives those that were missed. Jobs without their payload
   * are none: there is nothing to tell. Call again with the last place as `after` until it is null.
   */
  listMissed(
    filter: MissedFilter,
    options: { limit: number; after: RecoverPlace | null },
  ): Promise<{ missed: MissedJob[]; last: RecoverPlace | null }>
  /**
   * Writes deliveries to a webhook that wait and are due at `now`; gives how many. None while it is off, and none of a job
   * of which it has a delivery: asked twice at once, each job is told once.
   */
  insertLateDeliveries(webhookId: string, deliveries: readonly LateDelivery[], now: number): Promise<number>
}
