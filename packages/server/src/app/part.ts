import type { Log } from '../lib/log.ts'

/** Something of a process that is started and stopped. */
export interface Part {
  /** For the log, and for the test of the order. */
  readonly name: string
  /** Begins its work; left out when it only has something to close. */
  start?(): Promise<void> | void
  /** Ends its work and closes what it opened; also when it was never started. */
  stop?(): Promise<void> | void
}

/** The parts of a process, in the order in which they need each other. */
export interface Parts {
  /** Adds what needs those that were added before. From now on it is stopped, whatever happens to the start. */
  add<Added extends Part>(part: Added): Added
  /** Starts all, one after another, in the order in which they were added. Rejects with what the first one throws. */
  start(): Promise<void>
  /**
   * Stops all in the opposite order. One that fails does not keep the others from stopping.
   * @throws the first of their errors, when all have stopped; each is in the log
   */
  stop(): Promise<void>
}

export function createParts(log: Log): Parts {
  const parts: Part[] = []
  return {
    add(part) {
      parts.push(part)
      return part
    },
    async start() {
      for (const part of parts) {
        await part.start?.()
        log.debug({ part: part.name }, 'part started')
      }
    },
    async stop() {
      const errors: unknown[] = []
      for (const part of parts.toReversed()) {
        try {
          await part.stop?.()
          log.debug({ part: part.name }, 'part stopped')
        } catch (error) {
          log.error({ err: error, part: part.name }, 'a part could not be stopped')
          errors.push(error)
        }
      }
      if (errors.length > 0) throw errors[0]
    },
  }
}
