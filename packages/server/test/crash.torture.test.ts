import { afterEach, beforeEach, expect, test } from 'vitest'
import { sleep, systemClock } from '../src/lib/clock.ts'
import { createPrng, type Prng } from './harness/prng.ts'
import { queryDatabase } from './harness/query-database.ts'
import { callApi, describeEngines, type EngineDatabase, TEST_API_KEY, TEST_MASTER_KEY } from './harness/ringback.ts'
import { killAllPrograms, type ServerProcess, startServer } from './harness/server-process.ts'
import { checkNothingLeft, checkNothingLost } from './torture/check-nothing-lost.ts'
import { type Dispatching, JOBS_PER_TURN_MAX, startDispatching } from './torture/dispatching.ts'
import { TORTURE_RETRY_SCHEDULE, TORTURE_SECRET, TORTURE_SEED } from './torture/settings.ts'
import { startUnreliableReceivers, type UnreliableReceivers } from './torture/unreliable-receivers.ts'

/** Kills by engine: SQLite has the more code of ours between a commit and the disk. */
const KILLS = { sqlite: 25, postgres: 15 } as const

/** Kills of the very first starts, when there is no schema yet. */
const FIRST_START_KILLS = 3

/**
 * When to kill: so long after the process was started, after it was ready, or after so many dispatches were answered
 * (so that slow machines get as far as fast ones).
 */
interface Moment {
  readonly after: 'start' | 'ready' | 'answers'
  readonly answers: number
  readonly delayMs: number
}

function drawMoment(prng: Prng): Moment {
  const after = prng.pick({ start: 20, ready: 45, answers: 35 })
  const answers = prng.integer(1, JOBS_PER_TURN_MAX)
  // A start takes from half a second to one: some of its kills come after it.
  const delayMs = { start: prng.integer(0, 900), ready: prng.integer(5, 400), answers: prng.integer(0, 20) }[after]
  return { after, answers, delayMs }
}

describeEngines('a server that is killed at any moment', (createDatabase) => {
  let database: EngineDatabase
  let receivers: UnreliableReceivers
  let dispatching: Dispatching
  let env: Record<string, string>
  const prng = createPrng(TORTURE_SEED)

  beforeEach(async () => {
    database = await createDatabase()
    receivers = await startUnreliableReceivers({ secret: TORTURE_SECRET, prng: prng.fork() })
    dispatching = startDispatching({ prng: prng.fork(), apiKey: TEST_API_KEY, ...receivers })
    env = {
      ...database.env,
      // With SQLite the key is generated, and a kill can fall into that too.
      RINGBACK_MASTER_KEY: database.engine === 'sqlite' ? '' : TEST_MASTER_KEY,
      RINGBACK_API_KEY: TEST_API_KEY,
      RINGBACK_PUBLIC_URL: 'https://jobs.example.com',
      RINGBACK_WEBHOOK_RETRY_SCHEDULE: TORTURE_RETRY_SCHEDULE,
      RINGBACK_WEBHOOK_TIMEOUT: '5s',
      RINGBACK_REQUESTS_PER_MINUTE: '10000000',
    }
  })
  afterEach(async () => {
    await dispatching.stop()
    await killAllPrograms()
    await receivers.close()
    await database.drop()
  })

  async function killAt({ after, answers, delayMs }: Moment): Promise<void> {
    const server = startServer(env)
    let killed = false
    const dispatchWhenReady = server.ready().then((origin) => killed || dispatching.resume(origin))
    dispatchWhenReady.catch(() => {})
    if (after !== 'start') await dispatchWhenReady
    if (after === 'answers') await dispatching.answeredSinceResume(answers)
    await sleep(systemClock, delayMs)
    killed = true
    dispatching.pause()
    const end = await server.kill()
    expect(end, 'ended before it was killed').toMatchObject({ signal: 'SIGKILL' })
    expectNoErrors(end.stdout, end.stderr)
  }

  async function setWebhookAndKill(): Promise<void> {
    const server = startServer(env)
    const answer = await callApi(await server.ready(), TEST_API_KEY, 'PATCH', '/api/v1/webhooks/default', {
      enabled: true,
      url: receivers.accountUrl,
      secret: TORTURE_SECRET,
      include_result: true,
    })
    await server.kill()
    expect(answer.status).toBe(200)
  }

  async function endInPeace(server: ServerProcess): Promise<void> {
    const { code, stdout, stderr } = await server.stop()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expectNoErrors(stdout, stderr)
  }

  /** For people: whether the kills fell into work at all. */
  async function describeRun(): Promise<string> {
    const [counts] = await queryDatabase(
      database,
      `select (select count(*) from attempts) as attempts,
         (select count(*) from attempts where cause = 'interrupted') as interrupted,
         (select count(*) from jobs where attempts > 1) as restarted,
         (select count(*) from jobs where error_code = 'job.interrupted') as given_up`,
    )
    const { answered, unanswered, pauses } = dispatching
    const requests = [...receivers.webhooks.values()].reduce((sum, { requestCount }) => sum + requestCount, 0)
    const clients = { kills: pauses, answered: answered.size, unanswered: unanswered.length, requests }
    return JSON.stringify({ ...clients, ...counts })
  }

  test(`loses no job and no webhook, and tells nothing twice that differs (seed ${TORTURE_SEED})`, async () => {
    for (let kill = 0; kill < FIRST_START_KILLS; kill++) {
      const server = startServer(env)
      await sleep(systemClock, prng.integer(0, 900))
      await server.kill()
    }
    await setWebhookAndKill()
    for (let kill = 0; kill < KILLS[database.engine]; kill++) await killAt(drawMoment(prng))

    const server = startServer(env)
    const origin = await server.ready()
    await dispatching.stop()
    const world = { origin, apiKey: TEST_API_KEY, dispatching, receivers }
    await checkNothingLost(world)
    await endInPeace(server)
    await checkNothingLeft(database, world)
    console.log(`${database.engine}, seed ${TORTURE_SEED}: ${await describeRun()}`)
  })
})

/** A kill may leave work to take over (a warning), and nothing that is an error. */
function expectNoErrors(stdout: string, stderr: string): void {
  expect(stderr).toBe('')
  expect(stdout.split('\n').filter((line) => /^\{"level":"(error|fatal)"/.test(line))).toEqual([])
}
