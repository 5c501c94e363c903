import { type EngineDatabase, type Ringback, type RingbackOptions, startRingback } from './ringback.ts'
import { useEngineDatabase } from './use-database.ts'
import { type Lifetime, useOwn } from './use-own.ts'

/** The server of a test, whichever runs now. */
export interface UsedRingback extends Ringback {
  readonly database: EngineDatabase
  /** Starts it again on the same database, after it was stopped; options that are left out are those of the first start. */
  start(options?: RingbackOptions): Promise<void>
}

/**
 * Starts a Ringback on a database of its own before each test of a suite, or one before all of them, and takes both away
 * behind it. Options that are known only then are a function.
 */
export function useRingback(
  createDatabase: () => Promise<EngineDatabase>,
  options: RingbackOptions | (() => RingbackOptions) = {},
  lifetime: Lifetime = 'test',
): UsedRingback {
  const database = useEngineDatabase(createDatabase, lifetime)
  async function start(): Promise<UsedRingback> {
    const first = typeof options === 'function' ? options() : options
    const used: UsedRingback = {
      ...(await startRingback(database, first)),
      database,
      start: async (changed) => void Object.assign(used, await startRingback(database, { ...first, ...changed })),
    }
    return used
  }
  return useOwn(start, ({ stop }) => stop(), lifetime)
}
