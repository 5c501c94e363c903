import type { Clock } from '../../lib/clock.ts'

/**
 * Milliseconds that one waits for those before it: several times what a batch takes. One that waits for a lock, or for an
 * answer that never comes, takes 30 s; whoever locked the attempts must not hold up the ends of jobs.
 */
export const TURN_WAIT_MS = 50

/** One of those that take turns. */
export interface Turn {
  /** Resolves when it may begin: at once when nobody is at work, and after {@link TURN_WAIT_MS} at the latest. */
  readonly begun: Promise<void>
  /** Begins beside the others. */
  begin(): void
  /** It has ended; the next may begin. */
  end(): void
}

/**
 * Lets one after the other begin, in order. The next begins at the end of the turn of the event loop in which the one
 * before has ended, so that what comes of its results can come along.
 */
export interface Turns {
  take(): Turn
}

export function createTurns(clock: Clock): Turns {
  let running = 0
  const waiting: (() => void)[] = []
  return {
    take() {
      const { promise, resolve } = Promise.withResolvers<void>()
      let hasBegun = false
      let cancelWait = () => {}
      const begin = () => {
        if (hasBegun) return
        hasBegun = true
        cancelWait()
        running++
        resolve()
      }
      waiting.push(begin)
      const beginNext = () => {
        // Those that have begun beside others are still among them.
        while (running === 0 && waiting.length > 0) waiting.shift()?.()
      }
      beginNext()
      if (!hasBegun) cancelWait = clock.after(TURN_WAIT_MS, begin)
      return {
        begun: promise,
        begin,
        end() {
          setImmediate(() => {
            running--
            beginNext()
          })
        },
      }
    },
  }
}
