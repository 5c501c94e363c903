/** Stops a timer that {@link Clock.after} started. Calling it again does nothing. */
export type CancelTimer = () => void

/**
 * All time that Ringback knows. A parameter of `buildApp`, so that tests move time instead of sleeping; lint forbids
 * the globals (`Date.now`, `setTimeout`, …) everywhere else.
 */
export interface Clock {
  /** Unix time in integer milliseconds. Can jump, in both directions, when the machine's clock is set. */
  now(): number
  /** Milliseconds with fraction from an arbitrary start, never going back: for durations only. */
  monotonicMs(): number
  /** Calls `callback` once after `delayMs`. Does not keep the process alive when `keepAlive` is false (the default). */
  after(delayMs: number, callback: () => void, options?: { keepAlive?: boolean }): CancelTimer
}

/** `setTimeout` turns anything longer into 1 ms; a timer that far away is re-armed instead. */
const TIMER_DELAY_MS_MAX = 2 ** 31 - 1

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback, { keepAlive = false } = {}) {
    let timer: NodeJS.Timeout
    const arm = (remainingMs: number) => {
      const stepMs = Math.min(Math.max(remainingMs, 0), TIMER_DELAY_MS_MAX)
      timer = setTimeout(() => (remainingMs > stepMs ? arm(remainingMs - stepMs) : callback()), stepMs)
      if (!keepAlive) timer.unref()
    }
    arm(delayMs)
    return () => clearTimeout(timer)
  },
}

/** Resolves after `delayMs`, or at once (without an error) when the signal aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(delayMs, done, { keepAlive: true })
    signal?.addEventListener('abort', done, { once: true })
  })
}
