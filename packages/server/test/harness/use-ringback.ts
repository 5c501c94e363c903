import { type Lifetime, lifeOf } from './lifetime.ts'
import { type EngineDatabase, type Ringback, type RingbackOptions, startRingback } from './ringback.ts'
import { useEngineDatabase } from './use-database.ts'

/** The server of a test, whichever runs now. */
export interface UsedRingback extends Ringback {
  readonly database: EngineDatabase
  /** Starts it again on the same database, after it was stopped; options that are left out are those of the first start. */
  start(options?: RingbackOptions): Promise<void>
}

/**
 * Starts a Ringback on a database of its own before each test of a suite, or one before all of them, and takes both away
 * behind it. Hooks that are registered after it are done before the stop. Options that are known only then are a function.
 */
export function useRingback(
  createDatabase: () => Promise<EngineDatabase>,
  options: RingbackOptions | (() => RingbackOptions) = {},
  lifetime: Lifetime = 'test',
): UsedRingback {
  const database = useEngineDatabase(createDatabase, lifetime)
  let first: RingbackOptions
  let ringback: Ringback | undefined
  const { before, after } = lifeOf(lifetime)
  before(async () => {
    first = typeof options === 'function' ? options() : options
    ringback = await startRingback(database, first)
  })
  after(async () => await ringback?.stop())
  const running = () => {
    if (!ringback) throw new Error('there is no server before the first test')
    return ringback
  }
  return {
    get app() {
      return running().app
    },
    get clock() {
      return running().clock
    },
    get key() {
      return running().key
    },
    database,
    call: (...parameters) => running().call(...parameters),
    async start(changed) {
      ringback = await startRingback(database, { ...first, ...changed })
    },
    stop: () => running().stop(),
  }
}
