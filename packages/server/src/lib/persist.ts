import { type Clock, sleep } from './clock.ts'

const FIRST_DELAY_MS = 250
const DELAY_MS_MAX = 10_000

interface PersistOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onError: (error: unknown) => void
}

/**
 * Repeats a write until it succeeds: the database may be away for a while, and what happened must not be forgotten.
 * Gives null when the signal aborts first; then the lease ends and somebody does the work again.
 */
export async function persist<Result>(write: () => Promise<Result>, options: PersistOptions): Promise<Result | null> {
  try {
    return await write()
  } catch (error) {
    return await persistAfter(error, write, options)
  }
}

/** {@link persist} after a first try that failed, for those who write so often that its promises show in the profile. */
export async function persistAfter<Result>(
  firstError: unknown,
  write: () => Promise<Result>,
  { clock, signal, onError }: PersistOptions,
): Promise<Result | null> {
  let error = firstError
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, DELAY_MS_MAX)) {
    onError(error)
    await sleep(clock, delayMs, signal)
    if (signal.aborted) return null
    try {
      return await write()
    } catch (nextError) {
      error = nextError
    }
  }
}
