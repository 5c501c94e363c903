import type { ModelCall } from '@ringback/contract'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { persist } from '../lib/persist.ts'
import type { LeasedDelivery } from '../store/deliveries.ts'
import type { NewJobRun } from '../store/job-runs.ts'
import type { JobStore, LeasedJob } from '../store/jobs.ts'
import { jobWebhookAddress } from '../webhooks/job-webhook-address.ts'
import { buildBodies } from '../webhooks/payload.ts'
import { finalStatus, type JobEnded, outcomeOf, type RunEnd } from './end.ts'
import { countWords } from './words.ts'

/** A leased job and to whom, because the process may go on under another id while it runs. */
export interface LeasedItem {
  readonly job: LeasedJob
  readonly leasedBy: string
}

/** The courier of this process, when it has one. */
export interface LocalCourier {
  reserve(count: number): number
  giveBack(count: number): void
  handOver(item: { delivery: LeasedDelivery; leasedBy: string }): void
  /** Addresses of which it has enough under way. */
  fullAddresses(): string[]
}

export interface FinisherOptions {
  readonly store: Pick<JobStore, 'finishJob' | 'rescheduleJob'>
  readonly courier: LocalCourier | null
  readonly clock: Clock
  readonly log: Log
  /** Where a job's status is answered: the `result_url` of results too large to send. */
  readonly statusUrl: (type: string, jobId: string) => string
  /** Aborts when the process ends and may wait no longer for the store. */
  readonly giveUp: AbortSignal
}

/** How long a run took and what it asked of models. */
export interface RunMeasured {
  readonly startedAt: number
  readonly calls: readonly ModelCall[]
}

/** Writes what came of leased jobs. Both repeat until it is on disk, and give false when the lease was lost. */
export interface JobFinisher {
  /**
   * Writes the end with the run and the deliveries, and hands these to the courier of this process. `run` is null when
   * the job is ended without having been run.
   */
  finish(item: LeasedItem, end: JobEnded, run: RunMeasured | null): Promise<boolean>
  /** Gives the job back to run again. */
  reschedule(item: LeasedItem, end: Extract<RunEnd, { kind: 'again' }>, run: RunMeasured): Promise<boolean>
}

/** Deliveries of one job that this process tries to send itself; the usual account has one or two webhooks. */
const DELIVERIES_RESERVED = 2

export function createJobFinisher(options: FinisherOptions): JobFinisher {
  const { store, courier, clock, log, giveUp } = options

  function write<Result>(job: LeasedJob, call: () => Promise<Result>): Promise<Result | null> {
    return persist(call, {
      clock,
      signal: giveUp,
      onError: (error) => log.error({ err: error, jobId: job.id }, 'what came of a job could not be written'),
    })
  }

  return {
    async finish({ job, leasedBy }, end, run) {
      const status = finalStatus(end)
      const resultText = end.kind === 'success' ? end.resultText : null
      const error = end.kind === 'failed' ? end.error : null
      const resultUrl = options.statusUrl(job.type, job.id)
      const bodies = buildBodies({ id: job.id, status, type: job.type, error, resultText, resultUrl })
      const record = run && recordOf(end, run, clock.now())
      const words = status === 'success' ? countWords(job.input) : 0
      const reserved = courier?.reserve(DELIVERIES_RESERVED) ?? 0
      const ended = await write(job, () =>
        store.finishJob({
          id: job.id,
          leasedBy,
          status,
          result: resultText,
          error,
          finishedAt: clock.now(),
          ...bodies,
          leaseDeliveriesMax: reserved,
          fullAddresses: courier?.fullAddresses() ?? [],
          jobWebhookAddress: job.jobWebhookUrl === null ? null : jobWebhookAddress(job.accountId, job.jobWebhookUrl),
          record,
          words,
        }),
      )
      const deliveries = ended?.deliveries ?? []
      courier?.giveBack(reserved - deliveries.length)
      for (const delivery of deliveries) courier?.handOver({ delivery, leasedBy })
      return ended?.finished ?? false
    },

    async reschedule({ job, leasedBy }, end, run) {
      const now = clock.now()
      const again = { id: job.id, leasedBy, run: job.run, runAt: now + end.delayMs, spendAttempt: end.spendAttempt }
      const record = recordOf(end, run, now)
      return (await write(job, () => store.rescheduleJob({ ...again, record }))) ?? false
    },
  }
}

/** The record of a run; null when it simply succeeded without a model, and there is nothing to tell. */
function recordOf(end: RunEnd, { startedAt, calls }: RunMeasured, endedAt: number): NewJobRun | null {
  if (end.kind === 'success' && calls.length === 0) return null
  return { startedAt, endedAt, outcome: outcomeOf(end), modelCalls: calls }
}
