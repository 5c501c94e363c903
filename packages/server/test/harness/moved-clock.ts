import { type CancelTimer, type Clock, systemClock } from '../../src/lib/clock.ts'

/** The real clock, and the test decides how far ahead of it: sockets go on as usual, waiting takes no time. */
export interface MovedClock extends Clock {
  /** Lets so much time pass and calls every timer that becomes due by it. */
  move(byMs: number): void
  /** Sets the machine's clock ahead, or back with a negative value, as an administrator would: no time passes. */
  set(byMs: number): void
}

interface Timer {
  readonly dueMs: number
  readonly callback: () => void
  cancelReal: CancelTimer
}

export function createMovedClock(): MovedClock {
  let aheadMs = 0
  let setMs = 0
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
    now: () => systemClock.now() + aheadMs + setMs,
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
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
    set(byMs) {
      setMs += byMs
    },
  }
}
