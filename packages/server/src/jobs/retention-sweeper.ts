import { type Clock, sleep } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { RetentionPass, RetentionStore } from '../store/retention.ts'

/** How often to look for what has become old. A look that finds nothing reads a few rows. */
export const LOOK_MS = 60_000

/** Rows of one step, in which an embedded database serves nobody else. Chosen small; how long one takes is not measured. */
export const STEP_ROWS = 100

/** Between two steps, for what came meanwhile. */
export const STEP_PAUSE_MS = 20

export interface RetentionSweeper {
  start(): void
  /** Resolves when the step that is under way has ended. */
  stop(): Promise<void>
}

/**
 * Deletes what ended longer ago than the settings say, in small steps. Any number of processes may run one: each step
 * goes on where the last one ended, whoever did it, and one process at a time does it.
 */
export function createRetentionSweeper(options: {
  store: Pick<RetentionStore, 'removeOld'>
  /** Null: jobs are kept for ever. */
  retentionMs: number | null
  /** Null: payloads are kept as long as their jobs. */
  payloadRetentionMs: number | null
  clock: Clock
  log: Log
}): RetentionSweeper {
  const { store, retentionMs, payloadRetentionMs, clock, log } = options
  const stopped = new AbortController()
  let sweeping: Promise<void> = Promise.resolve()

  /** Gives how many went. Another process that is just at it goes on by itself. */
  async function sweep(pass: RetentionPass, keptMs: number): Promise<number> {
    let removed = 0
    while (!stopped.signal.aborted) {
      const now = clock.now()
      const step = await store.removeOld({ pass, endedBefore: now - keptMs, now, limit: STEP_ROWS })
      removed += step?.removed ?? 0
      if (step === null || step.isAtEnd) break
      await sleep(clock, STEP_PAUSE_MS, stopped.signal)
    }
    return removed
  }

  async function sweepAll(): Promise<void> {
    if (retentionMs !== null) {
      const jobs = await sweep('jobs', retentionMs)
      const deliveries = await sweep('deliveries', retentionMs)
      if (jobs + deliveries > 0) log.info({ jobs, deliveries }, 'what is older than RINGBACK_RETENTION was deleted')
    }
    if (payloadRetentionMs !== null) {
      const jobs = await sweep('job_payloads', payloadRetentionMs)
      const deliveries = await sweep('delivery_payloads', payloadRetentionMs)
      if (jobs + deliveries > 0) {
        log.info({ jobs, deliveries }, 'payloads that are older than RINGBACK_PAYLOAD_RETENTION were removed')
      }
    }
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await sweepAll()
      } catch (error) {
        log.error({ err: error }, 'what is old could not be deleted')
      }
      await sleep(clock, LOOK_MS, stopped.signal)
    }
  }

  return {
    start() {
      if (retentionMs !== null || payloadRetentionMs !== null) sweeping = run()
    },
    async stop() {
      stopped.abort()
      await sweeping
    },
  }
}
