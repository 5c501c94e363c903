import { afterAll, beforeAll } from 'vitest'
import { type EngineDatabase, type Ringback, startRingback } from './ringback.ts'

/** Starting several takes seconds, and many times longer on a machine that is busy. */
const START_MS_MAX = 180_000

/**
 * Starts a server for each of the named settings before the tests of a suite, each on a database of its own, and stops them
 * after the last one: starting one for each test takes longer than most tests. Tests that share one keep apart by accounts of
 * their own, or look only at what they made. Gives the servers by name, for use in tests.
 */
export function useServers<Name extends string>(
  createDatabase: () => Promise<EngineDatabase>,
  settings: () => Readonly<Record<Name, Readonly<Record<string, string>>>>,
): (name: Name) => Ringback {
  const started = new Map<string, Ringback>()
  const databases: EngineDatabase[] = []
  beforeAll(async () => {
    for (const [name, env] of Object.entries<Readonly<Record<string, string>>>(settings())) {
      const database = await createDatabase()
      databases.push(database)
      started.set(name, await startRingback(database, { env }))
    }
  }, START_MS_MAX)
  afterAll(async () => {
    for (const ringback of started.values()) await ringback.stop()
    for (const database of databases) await database.drop()
  })
  return (name) => {
    const ringback = started.get(name)
    if (!ringback) throw new Error(`the server "${name}" was not started`)
    return ringback
  }
}
