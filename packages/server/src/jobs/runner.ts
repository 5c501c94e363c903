import type { Clock } from '../lib/clock.ts'
import { holding, type Lease } from '../lib/lease.ts'
import type { Log } from '../lib/log.ts'
import { persist } from '../lib/persist.ts'
import type { Random } from '../lib/random.ts'
import { WorkLoop } from '../lib/work-loop.ts'
import type { LeasedDelivery } from '../store/deliveries.ts'
import type { JobEnd, JobStore, LeasedJob } from '../store/jobs.ts'
import { TaskError } from '../tasks/task.ts'
import { jobWebhookAddress } from '../webhooks/job-webhook-address.ts'
import { buildBodies, ResultNotSendableError, serialiseResult } from '../webhooks/payload.ts'
import { finalStatus, type RunEnd } from './end.ts'
import { judgeRunError } from './judge-run.ts'

/** A leased job and to whom, because the process may go on under another id while it runs. */
export interface RunnerItem {
  readonly job: LeasedJob
  readonly leasedBy: string
}

/** Runs a task; `tasks/run-task.ts` does. */
export interface TaskRunner {
  /** Gives the result's value. Rejects with a TaskError, with the signal's reason, or with a bug. */
  run(
    job: Pick<LeasedJob, 'id' | 'accountId' | 'type' | 'input'>,
    context: { readonly signal: AbortSignal },
  ): Promise<unknown>
}

/** The courier of this process, when it has one. */
export interface LocalCourier {
  reserve(count: number): number
  giveBack(count: number): void
  handOver(item: { delivery: LeasedDelivery; leasedBy: string }): void
  /** Addresses of which it has enough under way. */
  fullAddresses(): string[]
}

export interface RunnerOptions {
  readonly store: Pick<JobStore, 'claimJobs' | 'nextJobDueAt' | 'finishJob' | 'rescheduleJob'>
  readonly tasks: TaskRunner
  readonly courier: LocalCourier | null
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** What jobs are leased to. */
  readonly lease: Lease
  /** Where a job's status is answered: the `result_url` of results too large to send. */
  readonly statusUrl: (type: string, jobId: string) => string
  /** Aborts runs that are under way, when the process must end. */
  readonly abortRuns: AbortSignal
  /** Aborts when the process ends and may wait no longer for the store. */
  readonly giveUp: AbortSignal
  readonly onEnd: (type: string, end: RunEnd) => void
}

export type Runner = WorkLoop<RunnerItem>

/** Jobs under way at once in one process. Nearly all of their time is waiting: for a model, or for the disk. */
const JOBS_MAX = 256

/** A run that takes longer is given up. Models with long outputs take a minute or two. */
const RUN_TIMEOUT_MS = 10 * 60_000

/**
 * A job that was under way at so many ends of processes, over so long a time, is likely their cause: it must not take
 * down the next. The time is there for the innocent ones beside it, which a crash-looping server starts as often.
 */
const STARTS_MAX = 10
const INTERRUPTED_AFTER_MS = 3_600_000

/** Deliveries of one job that this process tries to send itself; the usual account has one or two webhooks. */
const DELIVERIES_RESERVED = 2

/**
 * Runs jobs: claims what is due (or is handed what was just dispatched), runs the task, and writes the end of the job
 * together with its deliveries. Life of a job:
 *
 * - `new` → `pending` when a runner leases it
 * - `pending` → `success` with a result, or `failed` with an error
 * - `pending` stays `pending` when the provider asks to wait, or when the process dies and another takes over
 */
export function createRunner(options: RunnerOptions): Runner {
  const { store, clock, log } = options

  async function run(job: LeasedJob): Promise<RunEnd> {
    const { id, type, attempts, createdAt } = job
    if (attempts > STARTS_MAX && clock.now() - createdAt > INTERRUPTED_AFTER_MS) {
      const message = `The job was started ${attempts - 1} times and never came to an end`
      return { kind: 'failed', error: { code: 'job.interrupted', message } }
    }
    const timeout = new AbortController()
    const cancelTimeout = clock.after(RUN_TIMEOUT_MS, () => timeout.abort())
    try {
      const value = await options.tasks.run(job, { signal: AbortSignal.any([options.abortRuns, timeout.signal]) })
      return { kind: 'success', resultText: serialiseResult(value) }
    } catch (error) {
      if (options.abortRuns.aborted) return { kind: 'again', delayMs: 0, spendAttempt: false, reason: 'stopping' }
      if (timeout.signal.aborted) {
        const message = `The job was given up after ${RUN_TIMEOUT_MS / 60_000} minutes`
        return { kind: 'failed', error: { code: 'job.timeout', message } }
      }
      if (error instanceof ResultNotSendableError) {
        return { kind: 'failed', error: { code: 'job.result_invalid', message: error.message } }
      }
      if (!(error instanceof TaskError)) log.error({ err: error, jobId: id, type }, 'a task threw an unexpected error')
      return judgeRunError(error, attempts, options.random)
    } finally {
      cancelTimeout()
    }
  }

  /** Writes the end and hands the new deliveries to the courier of this process. Gives false when the lease was lost. */
  async function finish({ job, leasedBy }: RunnerItem, end: Exclude<RunEnd, { kind: 'again' }>): Promise<boolean> {
    const status = finalStatus(end)
    const resultText = end.kind === 'success' ? end.resultText : null
    const error = end.kind === 'failed' ? end.error : null
    const resultUrl = options.statusUrl(job.type, job.id)
    const bodies = buildBodies({ id: job.id, status, type: job.type, error, resultText, resultUrl })
    const reserved = options.courier?.reserve(DELIVERIES_RESERVED) ?? 0
    const ended: JobEnd | null = await persist(
      () =>
        store.finishJob({
          id: job.id,
          leasedBy,
          status,
          result: resultText,
          error,
          finishedAt: clock.now(),
          ...bodies,
          leaseDeliveriesMax: reserved,
          fullAddresses: options.courier?.fullAddresses() ?? [],
          jobWebhookAddress: job.jobWebhookUrl === null ? null : jobWebhookAddress(job.accountId, job.jobWebhookUrl),
        }),
      { clock, signal: options.giveUp, onError: storeFailed(job) },
    )
    const deliveries = ended?.deliveries ?? []
    options.courier?.giveBack(reserved - deliveries.length)
    for (const delivery of deliveries) options.courier?.handOver({ delivery, leasedBy })
    return ended?.finished ?? false
  }

  async function runAgain({ job, leasedBy }: RunnerItem, end: Extract<RunEnd, { kind: 'again' }>): Promise<boolean> {
    const runAt = clock.now() + end.delayMs
    const again = { id: job.id, leasedBy, run: job.attempts, runAt, spendAttempt: end.spendAttempt }
    const done = await persist(() => store.rescheduleJob(again), {
      clock,
      signal: options.giveUp,
      onError: storeFailed(job),
    })
    // Sets the timer for when it is due.
    loop.wake()
    return done ?? false
  }

  function storeFailed(job: LeasedJob) {
    return (error: unknown) => log.error({ err: error, jobId: job.id }, 'what came of a job could not be written')
  }

  async function work(item: RunnerItem): Promise<void> {
    const { job } = item
    const startedMs = clock.monotonicMs()
    const end = await run(job)
    const durationMs = Math.round(clock.monotonicMs() - startedMs)
    const written = end.kind === 'again' ? await runAgain(item, end) : await finish(item, end)
    if (!written) {
      log.warn({ jobId: job.id, type: job.type }, 'the lease of a job was lost; somebody else runs it')
      return
    }
    options.onEnd(job.type, end)
    log.info(
      { jobId: job.id, accountId: job.accountId, type: job.type, run: job.attempts, durationMs, ...describe(end) },
      'job',
    )
  }

  const loop = new WorkLoop<RunnerItem>({
    clock,
    slotsMax: JOBS_MAX,
    claim: async (limit) => {
      const leasedBy = options.lease.processId
      const jobs = await store.claimJobs({ processId: leasedBy, limit, now: clock.now() })
      return jobs.map((job) => ({ job, leasedBy }))
    },
    nextDueAt: () => store.nextJobDueAt(),
    work: (item) => holding(options.lease, item.leasedBy, () => work(item)),
    onClaimError: (error) => log.error({ err: error }, 'jobs could not be claimed'),
  })
  return loop
}

function describe(end: RunEnd): Record<string, unknown> {
  switch (end.kind) {
    case 'success':
      return { status: 'success' }
    case 'failed':
      return { status: 'failed', code: end.error.code }
    case 'again':
      return { status: 'pending', code: end.reason, delayMs: end.delayMs }
  }
}
