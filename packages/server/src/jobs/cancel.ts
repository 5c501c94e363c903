import type { Clock } from '../lib/clock.ts'
import { holding, type Lease } from '../lib/lease.ts'
import type { Log } from '../lib/log.ts'
import type { JobStore } from '../store/jobs.ts'
import { CANCELLED } from './end.ts'
import type { JobFinisher } from './finisher.ts'

export interface CancellerOptions {
  readonly store: Pick<JobStore, 'cancelJob'>
  readonly finisher: JobFinisher
  readonly clock: Clock
  readonly log: Log
  /** What a waiting job is leased to for the moment in which it is ended. */
  readonly lease: Lease
}

/**
 * What came of a wish to cancel: `cancelled`, it has ended with its deliveries; `stopping`, it runs and is told to stop,
 * here or in another process; `ended`, it had ended before. Null: the account has no such job.
 */
export type CancelOutcome = 'cancelled' | 'stopping' | 'ended' | null

export interface Canceller {
  cancel(accountId: string, jobId: string): Promise<CancelOutcome>
}

/** Ends jobs because their owner says so. A wish that was written takes effect, whatever dies then. */
export function createCanceller({ store, finisher, clock, log, lease }: CancellerOptions): Canceller {
  return {
    async cancel(accountId, jobId) {
      const leasedBy = lease.processId
      const answer = await store.cancelJob({ accountId, jobId, processId: leasedBy, now: clock.now() })
      if (answer === null) return null
      if (answer.kind !== 'taken') return answer.kind === 'running' ? 'stopping' : 'ended'
      const { job } = answer
      let isWritten = false
      await holding(lease, leasedBy, async () => {
        isWritten = await finisher.finish({ job, leasedBy }, CANCELLED, null)
      })
      if (isWritten) log.info({ jobId, accountId, type: job.type, status: 'failed', code: 'job.cancelled' }, 'job')
      return isWritten ? 'cancelled' : 'stopping'
    },
  }
}
