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
}

/**
 * How often to ask which running jobs were cancelled, while any run. The store tells of it at once; this is for what it
 * cannot tell: another process on the same embedded database, or a connection that was away.
 */
const LOOK_MS = 2_000

/** A job that runs here. */
export interface RunningJob {
  readonly signal: AbortSignal
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
    let abortCause: AbortCause | null = null
    const job = {
      leasedBy,
      signal: controller.signal,
      get abortCause() {
        return abortCause
      },
      abort(cause: AbortCause) {
        abortCause ??= cause
        controller.abort()
      },
      end: () => void this.#running.delete(jobId),
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
