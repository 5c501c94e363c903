import { type Clock, sleep } from '../lib/clock.ts'

/**
 * How long a graceful stop waits for what is under way before it gives the rest back: a whole attempt (10 s by
 * default) and the record of it. Supervisors kill after 30 s by custom.
 */
export const DRAIN_MS = 20_000

/** How long the rest may take to notice that it was given up. */
export const ABORT_MS = 2_000

/** The time that a stop gives to what is under way: one for all parts together, from when the first one drains. */
export interface Patience {
  /** Aborts when it is at its end: what is still under way is given back now. */
  readonly isOver: AbortSignal
  /** Resolves when the work has ended, or has been given up. */
  drain(work: Promise<void>): Promise<void>
  /** Gives up at once what is under way: for a start that failed. */
  giveUp(): void
}

export function createPatience(clock: Clock): Patience {
  const over = new AbortController()
  /** On the monotonic clock; null before the stop. */
  let endsAtMs: number | null = null

  async function endsBefore(limitAtMs: number, work: Promise<void>): Promise<boolean> {
    const ended = new AbortController()
    const limit = sleep(clock, Math.max(0, limitAtMs - clock.monotonicMs()), ended.signal).then(() => false)
    try {
      return await Promise.race([work.then(() => true), limit])
    } finally {
      ended.abort()
    }
  }

  function giveUp(): void {
    if (over.signal.aborted) return
    endsAtMs = clock.monotonicMs() + ABORT_MS
    over.abort()
  }

  return {
    isOver: over.signal,
    giveUp,
    async drain(work) {
      endsAtMs ??= clock.monotonicMs() + DRAIN_MS
      if (!over.signal.aborted) {
        if (await endsBefore(endsAtMs, work)) return
        giveUp()
      }
      await endsBefore(endsAtMs, work)
    },
  }
}
