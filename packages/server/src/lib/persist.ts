import { type Clock, sleep } from './clock.ts'

const FIRST_DELAY_MS = 250
const DELAY_MS_MAX = 10_000

/**
 * Repeats a write until it succeeds: the database may be away for a while, and what happened must not be forgotten.
 * Gives null when the signal aborts first; then the lease ends and somebody does the work again.
 */
export async function persist<Result>(
  write: () => Promise<Result>,
  options: { clock: Clock; signal: AbortSignal; onError: (error: unknown) => void },
): Promise<Result | null> {
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, DELAY_MS_MAX)) {
    try {
      return await write()
    } catch (error) {
      options.onError(error)
      await sleep(options.clock, delayMs, options.signal)
      if (options.signal.aborted) return null
    }
  }
}
