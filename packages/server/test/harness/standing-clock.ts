import type { Clock } from '../../src/lib/clock.ts'

/** A clock that stands still until it is moved: for tests of what happens exactly when. */
export interface StandingClock extends Clock {
  /** Moves time ahead and calls the timers that become due, the earliest first. */
  move(byMs: number): void
  /** Sets the machine's time, forwards or backwards, as an administrator would: durations go on as before. */
  set(nowMs: number): void
  /** How many timers wait. */
  readonly timerCount: number
}

export function createStandingClock(startMs = Date.UTC(2026, 0, 31, 8, 50, 11, 188)): StandingClock {
  let passedMs = 0
  let offsetMs = startMs
  const timers = new Set<{ dueMs: number; callback: () => void }>()
  return {
    now: () => offsetMs + passedMs,
    monotonicMs: () => passedMs,
    after(delayMs, callback) {
      const timer = { dueMs: passedMs + delayMs, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    move(byMs) {
      const endMs = passedMs + byMs
      for (;;) {
        const due = [...timers].filter(({ dueMs }) => dueMs <= endMs)
        if (due.length === 0) break
        const next = due.reduce((first, timer) => (timer.dueMs < first.dueMs ? timer : first))
        timers.delete(next)
        passedMs = Math.max(passedMs, next.dueMs)
        next.callback()
      }
      passedMs = endMs
    },
    set(nowMs) {
      offsetMs = nowMs - passedMs
    },
    get timerCount() {
      return timers.size
    },
  }
}
