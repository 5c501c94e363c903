import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { JobStore, NewJob } from '../store/jobs.ts'
import type { RunnerItem } from './runner.ts'

/** The runner of this process, when it has one; `reserve` gives zero when there is none or it is busy. */
export interface LocalRunner {
  reserve(count: number): number
  giveBack(count: number): void
  handOver(item: RunnerItem): void
}

export interface Dispatch {
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
 * Accepts jobs. When the runner of this process has a slot, the job is written already leased to it and starts as soon
 * as it is on disk; otherwise it waits for whoever claims it.
 */
export function createDispatcher(options: {
  store: Pick<JobStore, 'insertJob'>
  clock: Clock
  runner: LocalRunner | null
  processId: () => string
}): Dispatcher {
  const { store, clock, runner } = options
  return {
    async dispatch({ accountId, type, input, jobWebhookUrl }) {
      const createdAt = clock.now()
      const reserved = runner?.reserve(1) ?? 0
      const job: NewJob = {
        id: newId(),
        accountId,
        type,
        input: JSON.stringify(input),
        jobWebhookUrl,
        createdAt,
        leasedBy: reserved === 1 ? options.processId() : null,
      }
      try {
        await store.insertJob(job)
      } catch (error) {
        runner?.giveBack(reserved)
        throw error
      }
      if (job.leasedBy !== null) {
        const { id, input: inputText } = job
        runner?.handOver({
          job: { id, accountId, type, input: inputText, jobWebhookUrl, attempts: 1, createdAt },
          leasedBy: job.leasedBy,
        })
      }
      return { jobId: job.id }
    },
  }
}
