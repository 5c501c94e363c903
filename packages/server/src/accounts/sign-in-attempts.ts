import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'

/** Failed attempts are counted in windows of one minute. */
const WINDOW_MS = 60_000

/** Of one address: enough for a person with the wrong key in the clipboard. */
const FAILED_PER_ADDRESS_MAX = 10

/**
 * Of all addresses together: whoever has many of them does not get more guesses out of it. Signing in with a link or a
 * key that is right is then refused too, for up to a minute; API keys go on working everywhere else.
 */
const FAILED_IN_ALL_MAX = 100

/** Limits how often signing in can be tried. In memory: with several processes each has the limit. */
export interface SignInAttempts {
  /**
   * Runs one attempt; it counts when it throws, and while it is under way, so that many at once are no way around.
   * @throws AppError `auth.too_many_attempts`, without running it; what the attempt throws
   */
  run<Result>(address: string, attempt: () => Promise<Result>): Promise<Result>
}

export function createSignInAttempts(clock: Clock): SignInAttempts {
  let window = -1
  let inAll = 0
  const byAddress = new Map<string, number>()

  function count(address: string, change: 1 | -1): void {
    inAll += change
    byAddress.set(address, (byAddress.get(address) ?? 0) + change)
  }

  return {
    async run(address, attempt) {
      const now = clock.now()
      const current = Math.floor(now / WINDOW_MS)
      if (current !== window) {
        window = current
        inAll = 0
        byAddress.clear()
      }
      if (inAll >= FAILED_IN_ALL_MAX || (byAddress.get(address) ?? 0) >= FAILED_PER_ADDRESS_MAX) {
        throw tooMany(Math.max(1, Math.ceil(((current + 1) * WINDOW_MS - now) / 1_000)))
      }
      count(address, 1)
      let wasWrong = true
      try {
        const result = await attempt()
        wasWrong = false
        return result
      } catch (error) {
        // Only who has a key is told this: it was no guess, and must not keep everybody else out.
        wasWrong = !(error instanceof AppError && error.code === 'auth.too_many_attempts')
        throw error
      } finally {
        // It was right: it never counted, unless its window has passed meanwhile.
        if (!wasWrong && window === current) count(address, -1)
      }
    },
  }
}

function tooMany(retryAfterSeconds: number): AppError {
  return new AppError('auth.too_many_attempts', {
    detail: `Signing in was tried too often without success. Try again in ${retryAfterSeconds} s.`,
    retryAfterSeconds,
  })
}
