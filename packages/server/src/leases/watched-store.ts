import { StoreUnavailableError } from '../store/errors.ts'
import type { Store } from '../store/store.ts'
import type { ProcessLease } from './process-lease.ts'

/** The calls that lease. */
export type LeasingStore = Pick<
  Store,
  | 'insertJob'
  | 'insertJobOnce'
  | 'claimJobs'
  | 'cancelJob'
  | 'takeUnstarted'
  | 'finishJob'
  | 'claimDeliveries'
  | 'claimForListener'
>

/**
 * The store, watched for lost answers: a connection that breaks between the commit and the answer has leased rows to us
 * that we know nothing of, and that nobody would ever release while we live. So after such a failure the process goes
 * on under another id ({@link ProcessLease.renounce}).
 */
export function watchLeasing<Watched extends LeasingStore>(
  store: Watched,
  lease: Pick<ProcessLease, 'renounce'>,
): Watched {
  async function watch<Result>(processId: string | null, call: Promise<Result>): Promise<Result> {
    try {
      return await call
    } catch (error) {
      if (processId !== null && error instanceof StoreUnavailableError) lease.renounce(processId)
      throw error
    }
  }

  return {
    ...store,
    insertJob: (job) => watch(job.leasedBy, store.insertJob(job)),
    insertJobOnce: (job, idempotency) => watch(job.leasedBy, store.insertJobOnce(job, idempotency)),
    claimJobs: (claim) => watch(claim.processId, store.claimJobs(claim)),
    cancelJob: (cancel) => watch(cancel.processId, store.cancelJob(cancel)),
    takeUnstarted: (take) => watch(take.processId, store.takeUnstarted(take)),
    finishJob: (job) => watch(job.leasedBy, store.finishJob(job)),
    claimForListener: (claim) => watch(claim.processId, store.claimForListener(claim)),
    claimDeliveries: (claim) => watch(claim.processId, store.claimDeliveries(claim)),
  }
}
