import type { ModelCall } from '@ringback/contract'
import type { Clock } from '../lib/clock.ts'
import { formatDuration } from '../lib/duration.ts'
import { assertNever } from '../lib/errors.ts'
import { holding, type Lease } from '../lib/lease.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import { WorkLoop } from '../lib/work-loop.ts'
import { usageOf } from '../store/job-runs.ts'
import type { JobCaps, JobStore, LeasedJob } from '../store/jobs.ts'
import type { LaneStore } from '../store/lanes.ts'
import { TaskError } from '../tasks/task.ts'
import { ResultNotSendableError, serialiseResult } from '../webhooks/payload.ts'
import { CANCELLED, type JobEnded, type RunEnd } from './end.ts'
import type { JobFinisher, LeasedItem, RunMeasured } from './finisher.ts'
import { judgeRunError } from './judge-run.ts'
import { type AbortCause, laneReportOf } from './lane-report.ts'
import { RunningJobs } from './running-jobs.ts'

/** A leased job to run; or to end as it is, without being run. */
export interface RunnerItem extends LeasedItem {
  readonly end?: JobEnded
}

/** Runs a task; `tasks/run-task.ts` does. */
export interface TaskRunner {
  /** Gives the result's value. Rejects with a TaskError, with the signal's reason, or with a bug. */
  run(
    job: Pick<LeasedJob, 'id' | 'accountId' | 'type' | 'input'>,
    context: { readonly signal: AbortSignal; readonly onCall: (call: ModelCall) => void },
  ): Promise<unknown>
}

export interface RunnerOptions {
  readonly store: Pick<JobStore, 'claimJobs' | 'nextJobDueAt' | 'takeUnstarted' | 'listCancelled'> &
    Pick<LaneStore, 'reportLane'>
  readonly tasks: TaskRunner
  readonly finisher: JobFinisher
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** What jobs are leased to. */
  readonly lease: Lease
  readonly caps: JobCaps
  /** A job that was not started so long after its dispatch ends as `job.expired`. */
  readonly waitMaxMs: number
  /** A run that takes longer is given up as `job.timeout`. */
  readonly runMaxMs: number
  /** Aborts runs that are under way, when the process must end. */
  readonly abortRuns: AbortSignal
  readonly onEnd: (type: string, end: RunEnd) => void
}

export interface Runner extends WorkLoop<RunnerItem> {
  /** Says that a running job may have been cancelled. */
  lookForCancelled(): void
}

/** Jobs under way at once in one process. Nearly all of their time is waiting: for a model, or for the disk. */
const JOBS_MAX = 256

/**
 * A job that was under way at so many ends of processes, over so long a time, is likely their cause: it must not take
 * down the next. The time is there for the innocent ones beside it, which a crash-looping server starts as often.
 */
const INTERRUPTIONS_MAX = 10
const INTERRUPTED_AFTER_MS = 3_600_000

/** How often to look for jobs that wait too long, and how many to end at once: as exact as that deadline need be. */
const EXPIRY_LOOK_MS = 5_000
const EXPIRED_MAX = 100

/**
 * Runs jobs: claims what is due (or is handed what was just dispatched), runs the task, reports to the lane how the
 * provider did, and writes what came of it. The life of a job is written down in `end.ts`.
 */
export function createRunner(options: RunnerOptions): Runner {
  const { store, clock, log, lease, finisher } = options
  const runningJobs = new RunningJobs({
    store,
    clock,
    abortRuns: options.abortRuns,
    onError: (error) => log.warn({ err: error }, 'could not ask which jobs were cancelled'),
    onIgnored: (jobId) => log.warn({ jobId }, 'a task took no notice that its job is over, and may still be running'),
  })
  let expiryLookAt = 0
  /** Jobs are due that only caps hold back, so each end of a job makes room for one. */
  let heldBack = false

  /** Why a leased job must not run; null when nothing speaks against it. */
  function endWithoutRun({ job, end }: RunnerItem): JobEnded | null {
    if (end) return end
    if (job.isCancelled) return CANCELLED
    if (job.interruptions >= INTERRUPTIONS_MAX && clock.now() - job.createdAt > INTERRUPTED_AFTER_MS) {
      const message = `The job was interrupted ${job.interruptions} times and never came to an end`
      return { kind: 'failed', error: { code: 'job.interrupted', message } }
    }
    return null
  }

  async function run({ job, leasedBy }: RunnerItem, calls: ModelCall[]): Promise<RunEnd> {
    const running = runningJobs.begin(job.id, leasedBy)
    const cancelTimeout = clock.after(options.runMaxMs, () => running.abort('timeout'))
    try {
      const context = { signal: running.signal, onCall: (call: ModelCall) => void calls.push(call) }
      const value = await Promise.race([options.tasks.run(job, context), running.ignored])
      const resultText = serialiseResult(value)
      await reportLane(job, { calls, error: null, abortCause: null })
      return { kind: 'success', resultText }
    } catch (error) {
      const { abortCause } = running
      await reportLane(job, { calls, error, abortCause })
      return abortCause === null ? judge(job, error) : endOfAborted(abortCause)
    } finally {
      cancelTimeout()
      running.end()
    }
  }

  function endOfAborted(cause: AbortCause): RunEnd {
    switch (cause) {
      case 'cancelled':
        return CANCELLED
      case 'stopping':
        return { kind: 'again', delayMs: 0, spendAttempt: false, reason: 'job.stopped' }
      case 'timeout': {
        const message = `The job was given up after ${formatDuration(options.runMaxMs)}`
        return { kind: 'failed', error: { code: 'job.timeout', message } }
      }
      default:
        return assertNever(cause)
    }
  }

  function judge({ id, type, attempts, createdAt }: LeasedJob, error: unknown): RunEnd {
    if (error instanceof ResultNotSendableError) {
      return { kind: 'failed', error: { code: 'job.result_invalid', message: error.message } }
    }
    if (!(error instanceof TaskError)) log.error({ err: error, jobId: id, type }, 'a task threw an unexpected error')
    const facts = { attempts, ageMs: clock.now() - createdAt, waitMaxMs: options.waitMaxMs }
    return judgeRunError(error, facts, options.random)
  }

  /** Before the job is written, so that nobody takes the next one of a lane that has just been paused. */
  async function reportLane(
    { id, lane, probe }: LeasedJob,
    outcome: Omit<Parameters<typeof laneReportOf>[0], 'probe'>,
  ): Promise<void> {
    const report = laneReportOf({ ...outcome, probe })
    if (report === null) return
    // A report that is lost makes a pause late; the next run says the same.
    await store
      .reportLane(lane, report, clock.now())
      .catch((error) => log.warn({ err: error, jobId: id, lane }, 'the health of a lane could not be written'))
  }

  async function work(item: RunnerItem): Promise<void> {
    const { job } = item
    const calls: ModelCall[] = []
    const measured: RunMeasured = { startedAt: clock.now(), calls }
    const startedMs = clock.monotonicMs()
    const endedBefore = endWithoutRun(item)
    const end: RunEnd = endedBefore ?? (await run(item, calls))
    const durationMs = Math.round(clock.monotonicMs() - startedMs)
    const written =
      end.kind === 'again'
        ? await finisher.reschedule(item, end, measured)
        : await finisher.finish(item, end, endedBefore ? null : measured)
    // Sets the timer for when it is due, or takes the place that is free now.
    if (end.kind === 'again' || heldBack) loop.wake()
    if (!written) {
      log.warn({ jobId: job.id, type: job.type }, 'the lease of a job was lost; somebody else runs it')
      return
    }
    options.onEnd(job.type, end)
    const { id: jobId, accountId, type, run: number } = job
    log.info({ jobId, accountId, type, run: number, durationMs, ...describe(end), ...describeCalls(calls) }, 'job')
  }

  /** Jobs that nobody started in time. They come with the claims, because these come every five seconds at least. */
  async function takeExpired(leasedBy: string, limit: number): Promise<RunnerItem[]> {
    const now = clock.now()
    // A clock that was set back must not put the next look off.
    if (now < expiryLookAt && expiryLookAt - now <= EXPIRY_LOOK_MS) return []
    expiryLookAt = now + EXPIRY_LOOK_MS
    const dueBefore = now - options.waitMaxMs
    const jobs = await store.takeUnstarted({ processId: leasedBy, limit: Math.min(limit, EXPIRED_MAX), dueBefore })
    const message = `The job was not started within ${formatDuration(options.waitMaxMs)}`
    const end: JobEnded = { kind: 'failed', error: { code: 'job.expired', message } }
    return jobs.map((job) => ({ job, leasedBy, end }))
  }

  async function claim(limit: number): Promise<RunnerItem[]> {
    const leasedBy = lease.processId
    const expired = await takeExpired(leasedBy, limit)
    if (expired.length === limit) return expired
    const claim = { processId: leasedBy, limit: limit - expired.length, now: clock.now(), caps: options.caps }
    const jobs = await store.claimJobs(claim)
    return [...expired, ...jobs.map((job) => ({ job, leasedBy }))]
  }

  const loop = new WorkLoop<RunnerItem>({
    clock,
    slotsMax: JOBS_MAX,
    claim,
    async nextDueAt(lookedAt) {
      const dueAt = await store.nextJobDueAt(lookedAt)
      heldBack = dueAt !== null && dueAt <= lookedAt
      return heldBack ? null : dueAt
    },
    work: (item) => holding(lease, item.leasedBy, () => work(item)),
    onClaimError: (error) => log.error({ err: error }, 'jobs could not be claimed'),
  })
  return Object.assign(loop, { lookForCancelled: () => void runningJobs.look() })
}

function describe(end: RunEnd): Record<string, unknown> {
  switch (end.kind) {
    case 'success':
      return { status: 'success' }
    case 'failed':
      return { status: 'failed', code: end.error.code }
    case 'again':
      return { status: 'pending', code: end.reason, delayMs: end.delayMs }
    default:
      return assertNever(end)
  }
}

function describeCalls(calls: readonly ModelCall[]): Record<string, unknown> {
  const [first] = calls
  if (!first) return {}
  const { calls: count, inputTokens, outputTokens, costMicroUsd } = usageOf(calls)
  return { model: `${first.provider}/${first.model}`, calls: count, inputTokens, outputTokens, costMicroUsd }
}
