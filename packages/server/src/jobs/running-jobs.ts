import type { CancelTimer, Clock } from '../lib/clock.ts'
import type { JobStore } from '../store/jobs.ts'

export interface RunningJobsOptions {
  readonly store: Pick<JobStore, 'listCancelled'>
  readonly clock: Clock
  /** Told when the database could not be asked; it is asked again. */
  readonly onError: (error: unknown) => void
}

/**
 * How often to ask which running jobs were cancelled, while any run. The store tells of it at once; this is for what it
 * cannot tell: another process on the same embedded database, or a connection that was away.
 */
const LOOK_MS = 2_000

/** The jobs that run in this process, and the way to end one that was cancelled anywhere. Costs nothing while none run. */
export class RunningJobs {
  readonly #options: RunningJobsOptions
  readonly #running = new Map<string, { readonly leasedBy: string; readonly abort: AbortController }>()
  #cancelTimer: CancelTimer | null = null

  constructor(options: RunningJobsOptions) {
    this.#options = options
  }

  /** Enters a job; the signal aborts when it is cancelled. */
  begin(jobId: string, leasedBy: string): AbortSignal {
    const abort = new AbortController()
    this.#running.set(jobId, { leasedBy, abort })
    this.#cancelTimer ??= this.#options.clock.after(LOOK_MS, () => void this.#lookAgain())
    return abort.signal
  }

  end(jobId: string): void {
    this.#running.delete(jobId)
  }

  /** Aborts those of the running jobs that somebody cancelled. */
  async look(): Promise<void> {
    const holders = new Set([...this.#running.values()].map(({ leasedBy }) => leasedBy))
    try {
      for (const holder of holders) {
        for (const jobId of await this.#options.store.listCancelled(holder)) this.#running.get(jobId)?.abort.abort()
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
