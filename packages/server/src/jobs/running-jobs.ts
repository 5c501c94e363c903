import type { CancelTimer, Clock } from '../lib/clock.ts'
import type { JobStore } from '../store/jobs.ts'
import type { AbortCause } from './lane-report.ts'

export interface RunningJobsOptions {
  readonly store: Pick<JobStore, 'listCancelled'>
  readonly clock: Clock
  /** Aborts runs that are under way, when the process must end. */
  readonly abortRuns: AbortSignal
  /** Told when the database could not be asked; it is asked again. */
  readonly onError: (error: unknown) => void
  /** Told of a job whose task took no notice of its signal: it may go on without the job. */
  readonly onIgnored: (jobId: string) => void
}

/**
 * How often to ask which running jobs were cancelled, while any run. The store tells of it at once; this is for what it
 * cannot tell: another process on the same embedded database, or a connection that was away.
 */
const LOOK_MS = 2_000

/**
 * How long a task may take to end after its signal has aborted. Less than what a stop waits for them (`app/patience.ts`), so that
 * their jobs are given back before.
 */
const NOTICE_MS = 1_000

/** A job that runs here. */
export interface RunningJob {
  readonly signal: AbortSignal
  /** Rejects when the task has taken no notice of the signal: a task in code can forget it, and must not hold the job for ever. */
  readonly ignored: Promise<never>
  /** Why it was ended from outside, the first reason; null while nobody has. */
  readonly abortCause: AbortCause | null
  abort(cause: AbortCause): void
  /** Says that it has ended. */
  end(): void
}

/**
 * The jobs that run in this process, and the way to end one from outside. One controller for each, which all reasons
 * share: joining signals with `AbortSignal.any` cost a quick job more than its task.
 */
export class RunningJobs {
  readonly #options: RunningJobsOptions
  readonly #running = new Map<string, RunningJob & { readonly leasedBy: string }>()
  #cancelTimer: CancelTimer | null = null

  constructor(options: RunningJobsOptions) {
    this.#options = options
    options.abortRuns.addEventListener('abort', () => {
      for (const job of this.#running.values()) job.abort('stopping')
    })
  }

  /** Enters a job. Costs nothing while none run. */
  begin(jobId: string, leasedBy: string): RunningJob {
    const controller = new AbortController()
    const ignored = Promise.withResolvers<never>()
    let abortCause: AbortCause | null = null
    let cancelNotice: CancelTimer = () => {}
    const job = {
      leasedBy,
      signal: controller.signal,
      ignored: ignored.promise,
      get abortCause() {
        return abortCause
      },
      abort: (cause: AbortCause) => {
        if (abortCause !== null) return
        abortCause = cause
        cancelNotice = this.#options.clock.after(NOTICE_MS, () => {
          this.#options.onIgnored(jobId)
          ignored.reject(new Error(`the task took no notice of its signal for ${NOTICE_MS} ms`))
        })
        controller.abort()
      },
      end: () => {
        cancelNotice()
        this.#running.delete(jobId)
      },
    }
    if (this.#options.abortRuns.aborted) job.abort('stopping')
    this.#running.set(jobId, job)
    this.#cancelTimer ??= this.#options.clock.after(LOOK_MS, () => void this.#lookAgain())
    return job
  }

  /** Aborts those of the running jobs that somebody cancelled. */
  async look(): Promise<void> {
    const holders = new Set([...this.#running.values()].map(({ leasedBy }) => leasedBy))
    try {
      for (const holder of holders) {
        for (const jobId of await this.#options.store.listCancelled(holder))
          this.#running.get(jobId)?.abort('cancelled')
      }
    } catch (error) {
      this.#options.onError(error)
    }
  }

  async #lookAgain(): Promise<void> {
    await this.look()
    const isIdle = this.#running.size === 0
    this.#cancelTimer = isIdle ? null : this.#options.clock.after(LOOK_MS, () => void this.#lookAgain())
  }
}
