import { type CancelTimer, type Clock, systemClock } from '../../src/lib/clock.ts'

/** The real clock, and the test decides how far ahead of it: sockets go on as usual, waiting takes no time. */
export interface MovedClock extends Clock {
  /** Moves time ahead and calls every timer that becomes due by it. A negative value sets the clock back. */
  move(byMs: number): void
}

interface Timer {
  readonly dueMs: number
  readonly callback: () => void
  cancelReal: CancelTimer
}

export function createMovedClock(): MovedClock {
  let aheadMs = 0
  const timers = new Set<Timer>()

  function arm(timer: Timer) {
    timer.cancelReal = systemClock.after(timer.dueMs - aheadMs - systemClock.monotonicMs(), () => fire(timer), {
      keepAlive: true,
    })
  }

  function fire(timer: Timer) {
    if (!timers.delete(timer)) return
    timer.cancelReal()
    timer.callback()
  }

  return {
    now: () => systemClock.now() + aheadMs,
    monotonicMs: () => systemClock.monotonicMs() + Math.max(aheadMs, 0),
    after(delayMs, callback) {
      const timer: Timer = { dueMs: systemClock.monotonicMs() + aheadMs + delayMs, callback, cancelReal: () => {} }
      timers.add(timer)
      arm(timer)
      return () => {
        timer.cancelReal()
        timers.delete(timer)
      }
    },
    move(byMs) {
      aheadMs += byMs
      for (const timer of [...timers]) {
        timer.cancelReal()
        arm(timer)
      }
    },
  }
}
