import { afterEach, expect, test } from 'vitest'
import { sleep, systemClock } from '../src/lib/clock.ts'
import { createPrng } from './harness/prng.ts'
import { queryDatabase } from './harness/query-database.ts'
import { callApi, describeEngines, TEST_API_KEY } from './harness/ringback.ts'
import { killAllPrograms, startServer } from './harness/server-process.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'
import { TORTURE_SEED } from './torture/settings.ts'

const KILLS = 8
const KEYS = 40
const CLIENTS = 10

/** Milliseconds for 40 answers of a server that has just started, on any machine. */
const ANSWERS_WAIT_MS = 120_000

/** What `fetch` says of a request that the kill cut; its key is sent again later, like any other. */
function isCut(error: unknown): void {
  if (!(error instanceof TypeError)) throw error
}

describeEngines('keys of a server that is killed while it accepts jobs', (createDatabase) => {
  const database = useEngineDatabase(createDatabase)
  const prng = createPrng(TORTURE_SEED)
  afterEach(killAllPrograms)

  test(`each key stands for one job, and for the same one ever after (seed ${TORTURE_SEED})`, async () => {
    const env = { ...database.env, RINGBACK_API_KEY: TEST_API_KEY, RINGBACK_REQUESTS_PER_MINUTE: '10000000' }
    /** Every id that was answered for a key. */
    const answered = new Map<number, Set<string>>()
    let answers = 0

    async function send(origin: string, key: number): Promise<void> {
      const headers = { 'Idempotency-Key': `key ${key}` }
      const body = { content: `text ${key}` }
      const { status, json } = await callApi(origin, TEST_API_KEY, 'POST', '/api/v1/content/detect_urls', body, headers)
      expect(status).toBe(202)
      answered.set(key, (answered.get(key) ?? new Set()).add(json.job_id))
      answers++
    }

    for (let kill = 0; kill < KILLS; kill++) {
      const server = startServer(env)
      const origin = await server.ready()
      let alive = true
      const clients = Array.from({ length: CLIENTS }, async () => {
        while (alive) await send(origin, prng.integer(0, KEYS - 1)).catch(isCut)
      })
      // By what it has done and not by the time: right after its start a server is still loading, longer on a busy machine.
      const enough = answers + prng.integer(1, 40)
      await until('it has answered', () => (answers >= enough ? true : null), ANSWERS_WAIT_MS)
      await sleep(systemClock, prng.integer(0, 20))
      await server.kill()
      alive = false
      await Promise.all(clients)
    }
    const origin = await startServer(env).ready()
    for (let key = 0; key < KEYS; key++) await send(origin, key)
    const rows = await queryDatabase(database, 'select id from jobs')
    expect([...answered.values()].map((ids) => ids.size)).toEqual(Array(KEYS).fill(1))
    expect(rows).toHaveLength(KEYS)
  })
})
