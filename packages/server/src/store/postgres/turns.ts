/** One of those that take turns. */
export interface Turn {
  /** Resolves when it may begin: at once when nobody is at work. */
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

export function createTurns(): Turns {
  let running = 0
  const waiting: (() => void)[] = []
  return {
    take() {
      const { promise, resolve } = Promise.withResolvers<void>()
      let hasBegun = false
      const begin = () => {
        if (hasBegun) return
        hasBegun = true
        running++
        resolve()
      }
      waiting.push(begin)
      const beginNext = () => {
        // Those that have begun beside others are still among them.
        while (running === 0 && waiting.length > 0) waiting.shift()?.()
      }
      beginNext()
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
