import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { JobCaps, JobStore, LeasedJob, NewJob } from '../store/jobs.ts'
import { OFFLINE_LANE } from '../store/lane-health.ts'
import type { RunnerItem } from './runner.ts'

/** The runner of this process, when it has one; `reserve` gives zero when there is none or it is busy. */
export interface LocalRunner {
  reserve(count: number): number
  giveBack(count: number): void
  handOver(item: RunnerItem): void
}

export interface Dispatch {
  /** Chosen by the caller when something that was written before names it; made here when left out. */
  readonly id?: string
  readonly accountId: string
  readonly type: string
  /** Checked by the task's schema. */
  readonly input: unknown
  /** Checked by the guard; null: the account's webhooks are told. */
  readonly jobWebhookUrl: string | null
}

export interface Dispatcher {
  /** Writes the job. When the promise resolves the job is on disk and will end, whatever happens to this process. */
  dispatch(dispatch: Dispatch): Promise<{ jobId: string }>
}

/**
 * Accepts jobs. When the runner of this process has a slot, its lane is open and nobody waits there, the job is written
 * already leased to it and starts as soon as it is on disk; otherwise it waits for its turn.
 */
export function createDispatcher(options: {
  store: Pick<JobStore, 'insertJob'>
  clock: Clock
  runner: LocalRunner | null
  processId: () => string
  /** Where jobs of a type wait. */
  laneOf: (type: string) => string
  caps: JobCaps
}): Dispatcher {
  const { store, clock, runner } = options
  return {
    async dispatch({ id: jobId = newId(), accountId, type, input, jobWebhookUrl }) {
      const createdAt = clock.now()
      const reserved = runner?.reserve(1) ?? 0
      const job: NewJob = {
        id: jobId,
        accountId,
        type,
        input: JSON.stringify(input),
        jobWebhookUrl,
        createdAt,
        lane: options.laneOf(type),
        leasedBy: reserved === 1 ? options.processId() : null,
        caps: options.caps,
      }
      let isLeased = false
      try {
        isLeased = (await store.insertJob(job)).leased
      } finally {
        if (!isLeased) runner?.giveBack(reserved)
      }
      if (isLeased && job.leasedBy !== null) runner?.handOver({ job: asLeased(job), leasedBy: job.leasedBy })
      return { jobId: job.id }
    },
  }
}

/** A job that was leased with its insert, as a claim would give it. */
function asLeased({ id, accountId, type, input, jobWebhookUrl, createdAt, lane = OFFLINE_LANE }: NewJob): LeasedJob {
  const start = { attempts: 1, run: 1, interruptions: 0, probe: false, isCancelled: false }
  return { id, accountId, type, input, jobWebhookUrl, lane, createdAt, ...start }
}
