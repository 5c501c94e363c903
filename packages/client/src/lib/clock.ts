/** All time that the client knows. Tests give one of their own. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number
  /** Calls `callback` once after `delayMs`; what it gives stops the timer. */
  after(delayMs: number, callback: () => void): () => void
}

/** The clock of the machine; the only place of this package that asks it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}

/**
 * Resolves after `delayMs`.
 * @throws the reason of the signal, as soon as it aborts
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    signal?.addEventListener('abort', stop, { once: true })
  })
}
