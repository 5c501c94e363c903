import { type Clock, sleep } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { RetentionPass, RetentionProgress, RetentionStore } from '../store/retention.ts'

/** How often to look for what has become old. A look that finds nothing reads a few rows. */
export const LOOK_MS = 60_000

/**
 * Rows of one step, in which an embedded database serves nobody else. Measured with bodies of 1 kB and one delivery a
 * job, on two cores that others kept busy: a step takes 13 ms on SQLite (p99 33), 8 ms on PostgreSQL (p99 99). Beside
 * deliveries at full speed steps wait their turn, 110 and 44 ms, and the noise of that machine hid any cost to the
 * deliveries.
 */
export const STEP_ROWS = 100

/** Between two steps, for what came meanwhile. */
export const STEP_PAUSE_MS = 20

export interface RetentionSweeper {
  start(): void
  /** Resolves when the step that is under way has ended. */
  stop(): Promise<void>
}

/**
 * Deletes what ended longer ago than the settings say, or than its job asked for, in small steps. Any number of processes may run one: each step
 * goes on where the last one ended, whoever did it, and one process at a time does it.
 */
export function createRetentionSweeper(options: {
  store: Pick<RetentionStore, 'removeOld' | 'removeDuePayloads' | 'trustTime'>
  /** Null: jobs are kept for ever. */
  retentionMs: number | null
  /** Null: payloads are kept as long as their jobs. */
  payloadRetentionMs: number | null
  clock: Clock
  log: Log
  /** Is told what a pass removed. */
  onRemoved: (pass: RetentionPass, removed: number) => void
}): RetentionSweeper {
  const { store, retentionMs, payloadRetentionMs, clock, log, onRemoved } = options
  const stopped = new AbortController()
  let sweeping: Promise<void> = Promise.resolve()
  let isDoubting = false

  /** Gives how many went. Another process that is just at it goes on by itself. */
  async function sweep(pass: RetentionPass, goOn: () => Promise<RetentionProgress | null>): Promise<number> {
    let removed = 0
    while (!stopped.signal.aborted) {
      const step = await goOn()
      removed += step?.removed ?? 0
      if (step === null || step.isAtEnd) break
      await sleep(clock, STEP_PAUSE_MS, stopped.signal)
    }
    if (removed > 0) onRemoved(pass, removed)
    return removed
  }

  function sweepOld(pass: RetentionPass, keptMs: number, now: number): Promise<number> {
    return sweep(pass, () => store.removeOld({ pass, endedBefore: now - keptMs, now, limit: STEP_ROWS }))
  }

  /** The time to delete by; null when the clock has jumped so far that it may be wrong. */
  async function trustedTime(): Promise<number | null> {
    const now = clock.now()
    const { isTrusted } = await store.trustTime(now)
    if (!isTrusted && !isDoubting) {
      log.warn(
        'the clock is more than a day ahead of when it was looked at last, which happens too when no process ran: ' +
          'nothing is deleted until it has run on like this for 24 h. If it is wrong, set it right before',
      )
    }
    isDoubting = !isTrusted
    return isTrusted ? now : null
  }

  async function sweepAll(): Promise<void> {
    const now = await trustedTime()
    if (now === null) return
    // Whatever the settings are: a job may keep its payloads for a shorter time than they say.
    const due = await sweep('job_payloads', () => store.removeDuePayloads({ now, limit: STEP_ROWS }))
    if (due > 0) log.info({ jobs: due }, 'payloads of jobs whose Payload-Retention has passed were removed')
    if (retentionMs !== null) {
      const jobs = await sweepOld('jobs', retentionMs, now)
      const deliveries = await sweepOld('deliveries', retentionMs, now)
      if (jobs + deliveries > 0) log.info({ jobs, deliveries }, 'what is older than RINGBACK_RETENTION was deleted')
    }
    if (payloadRetentionMs !== null) {
      const jobs = await sweepOld('job_payloads', payloadRetentionMs, now)
      const deliveries = await sweepOld('delivery_payloads', payloadRetentionMs, now)
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
      sweeping = run()
    },
    async stop() {
      stopped.abort()
      await sweeping
    },
  }
}
