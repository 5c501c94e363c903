import { afterEach, beforeEach, expect, test } from 'vitest'
import { sleep, systemClock } from '../src/lib/clock.ts'
import { describePostgres } from './harness/describe-postgres.ts'
import { createPrng } from './harness/prng.ts'
import { queryDatabase } from './harness/query-database.ts'
import { callApi, createPostgresDatabase, TEST_API_KEY } from './harness/ringback.ts'
import { killAllPrograms, type ServerProcess, startServer } from './harness/server-process.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'
import { checkNothingLeft, checkNothingLost } from './torture/check-nothing-lost.ts'
import { startDispatching } from './torture/dispatching.ts'
import { TORTURE_RETRY_SCHEDULE, TORTURE_SECRET, TORTURE_SEED } from './torture/settings.ts'
import { startUnreliableReceivers, type UnreliableReceivers } from './torture/unreliable-receivers.ts'

/** Servers that die, one after the other, beside the one that stays. */
const DEATHS = 3

describePostgres('two servers on one database', (_, server) => {
  const database = useEngineDatabase(() => createPostgresDatabase(server))
  let receivers: UnreliableReceivers
  let env: Record<string, string>
  const prng = createPrng(TORTURE_SEED)

  beforeEach(async () => {
    receivers = await startUnreliableReceivers({ secret: TORTURE_SECRET, prng: prng.fork() })
    env = {
      ...database.env,
      RINGBACK_API_KEY: TEST_API_KEY,
      RINGBACK_WEBHOOK_RETRY_SCHEDULE: TORTURE_RETRY_SCHEDULE,
      RINGBACK_REQUESTS_PER_MINUTE: '10000000',
    }
  })
  afterEach(async () => {
    await killAllPrograms()
    await receivers.close()
  })

  /** When the leases of a process end unless somebody ends them before; Unix milliseconds. */
  async function leasesEndAt({ pid }: ServerProcess): Promise<number> {
    const [row] = await queryDatabase(database, `select expires_at from processes where pid = ${pid}`)
    return Number(row?.expires_at)
  }

  /** When the survivor said that it has taken over; Unix milliseconds. */
  async function takenOverAt(survivor: ServerProcess, { pid }: ServerProcess): Promise<number> {
    return await until(`process ${pid} was released`, () => {
      const lines = survivor.output().stdout.split('\n')
      const line = lines.find((text) => text.includes('released the work') && text.includes(`"pid":${pid},`))
      return line === undefined ? null : Date.parse(JSON.parse(line).time)
    })
  }

  test(`the work of one that was killed is done by the other, before its leases end (seed ${TORTURE_SEED})`, async () => {
    const survivor = startServer(env)
    const origin = await survivor.ready()
    const settings = { enabled: true, url: receivers.accountUrl, secret: TORTURE_SECRET, include_result: true }
    const answer = await callApi(origin, TEST_API_KEY, 'PATCH', '/api/v1/webhooks/default', settings)
    expect(answer.status).toBe(200)
    const dispatching = startDispatching({ prng: prng.fork(), apiKey: TEST_API_KEY, ...receivers })

    for (let death = 0; death < DEATHS; death++) {
      const victim = startServer(env)
      dispatching.resume(await victim.ready())
      await sleep(systemClock, prng.integer(20, 400))
      dispatching.pause()
      const endAt = await leasesEndAt(victim)
      await victim.kill()
      expect(await takenOverAt(survivor, victim)).toBeLessThan(endAt)
    }

    await dispatching.stop()
    const world = { origin, apiKey: TEST_API_KEY, dispatching, receivers }
    await checkNothingLost(world)
    expect((await survivor.stop()).code).toBe(0)
    await checkNothingLeft(database, world)
  })
})
