import { type Clock, systemClock } from '../src/lib/clock.ts'
import { LAST_POLL_MS } from '../src/wait.ts'

/** A clock for tests: pauses are over at once, and are on record; limits pass only when the test says so. */
export interface JumpingClock extends Clock {
  /** The pauses that were made, in milliseconds. */
  readonly pausesMs: readonly number[]
  /** The limits that are set now, in milliseconds. */
  limitsMs(): readonly number[]
  /** Lets every limit that is set now pass. */
  passLimits(): void
}

/** What is shorter is a pause, what is longer a limit: in these tests no pause is that long, and but one limit that short. */
const LIMIT_MS = 20_000
const isLimit = (delayMs: number) => delayMs >= LIMIT_MS || delayMs === LAST_POLL_MS

export function createJumpingClock(): JumpingClock {
  let aheadMs = 0
  const pausesMs: number[] = []
  const limits = new Map<() => void, number>()
  return {
    pausesMs,
    now: () => systemClock.now() + aheadMs,
    after(delayMs, callback) {
      if (isLimit(delayMs)) {
        limits.set(callback, delayMs)
        return () => limits.delete(callback)
      }
      pausesMs.push(delayMs)
      aheadMs += delayMs
      const timer = setImmediate(callback)
      return () => clearImmediate(timer)
    },
    limitsMs: () => [...limits.values()],
    passLimits() {
      const passed = [...limits.keys()]
      limits.clear()
      for (const limit of passed) limit()
    },
  }
}
