import { afterEach, expect, test } from 'vitest'
import { sleep, systemClock } from '../src/lib/clock.ts'
import { startCuttingProxy } from './harness/cutting-proxy.ts'
import { describePostgres } from './harness/describe-postgres.ts'
import { createPrng } from './harness/prng.ts'
import { queryDatabase } from './harness/query-database.ts'
import { callApi, createPostgresDatabase, TEST_API_KEY } from './harness/ringback.ts'
import { killAllPrograms, startServer } from './harness/server-process.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'
import { startDispatching } from './torture/dispatching.ts'
import { TORTURE_RETRY_SCHEDULE, TORTURE_SECRET, TORTURE_SEED } from './torture/settings.ts'
import { startUnreliableReceivers } from './torture/unreliable-receivers.ts'

const CUTS = 40

/** Two heartbeats until the old id is released, then the work itself, on a busy machine. */
const HEAL_LIMIT_MS = 60_000

afterEach(killAllPrograms)

/**
 * A connection that breaks between the commit and the answer has leased work to a process that does not know it and
 * lives on, so no death ever releases it. Before the process went on under a new id after such a failure, 40 cuts left
 * about a hundred jobs `pending` and deliveries `sending` until the next restart.
 */
describePostgres('answers of the database that are lost', (_, postgres) => {
  const database = useEngineDatabase(() => createPostgresDatabase(postgres))

  test(`leave nothing leased that nobody works on (seed ${TORTURE_SEED})`, async () => {
    const prng = createPrng(TORTURE_SEED)
    const receivers = await startUnreliableReceivers({ secret: TORTURE_SECRET, prng: prng.fork() })
    const proxied = new URL(database.env.RINGBACK_DATABASE_URL ?? '')
    const proxy = await startCuttingProxy({ host: proxied.hostname, port: Number(proxied.port) })
    proxied.port = String(proxy.port)

    const server = startServer({
      ...database.env,
      RINGBACK_DATABASE_URL: proxied.href,
      RINGBACK_API_KEY: TEST_API_KEY,
      RINGBACK_WEBHOOK_RETRY_SCHEDULE: TORTURE_RETRY_SCHEDULE,
      RINGBACK_REQUESTS_PER_MINUTE: '10000000',
    })
    const origin = await server.ready()
    const settings = { enabled: true, url: receivers.accountUrl, secret: TORTURE_SECRET }
    await callApi(origin, TEST_API_KEY, 'PATCH', '/api/v1/webhooks/default', settings)
    const dispatching = startDispatching({ prng: prng.fork(), apiKey: TEST_API_KEY, ...receivers })
    for (let count = 0; count < CUTS; count++) {
      dispatching.resume(origin)
      await sleep(systemClock, prng.integer(10, 200))
      await proxy.cut()
    }
    await dispatching.stop()

    const underWay = `select (select count(*) from jobs where finished_at is null) as jobs,
      (select count(*) from deliveries where finished_at is null) as deliveries`
    await until(
      'all jobs and deliveries have ended',
      async () => {
        const [left] = await queryDatabase(database, underWay)
        return Number(left?.jobs) + Number(left?.deliveries) === 0 ? left : null
      },
      HEAL_LIMIT_MS,
    )
    const ended = await queryDatabase(database, `select id from jobs where status in ('success', 'failed')`)
    const endedIds = new Set(ended.map(({ id }) => String(id)))
    for (const jobId of dispatching.answered.keys()) expect(endedIds, 'a job that was answered 202').toContain(jobId)

    await server.stop()
    await proxy.close()
    await receivers.close()
  })
})
