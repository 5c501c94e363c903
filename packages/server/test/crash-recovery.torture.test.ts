import type { Delivery } from '@ringback/contract'
import { Webhook as Verifier } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sleep, systemClock } from '../src/lib/clock.ts'
import { createPrng } from './harness/prng.ts'
import { queryDatabase } from './harness/query-database.ts'
import { answering, headerOf, headersOf } from './harness/receiver.ts'
import { describeEngines, TEST_API_KEY } from './harness/ringback.ts'
import { killAllPrograms, type ServerProcess, startServer } from './harness/server-process.ts'
import { talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'
import { useReceiver } from './harness/use-receivers.ts'
import { checkAllDone } from './torture/check-nothing-lost.ts'
import { TORTURE_SECRET, TORTURE_SEED } from './torture/settings.ts'

const HOUR_MS = 3_600_000

/** The kills of `crash.torture.test.ts` come at random; these come where they are wanted. */
describeEngines('a server that is killed', (createDatabase) => {
  const database = useEngineDatabase(createDatabase)
  const receiver = useReceiver()
  let server: ServerProcess
  let origin: string
  const prng = createPrng(TORTURE_SEED)
  const talk = talkTo(() => ({ app: { origin } }))

  beforeEach(start)
  afterEach(killAllPrograms)

  async function start(): Promise<void> {
    server = startServer({
      ...database.env,
      RINGBACK_API_KEY: TEST_API_KEY,
      RINGBACK_REQUESTS_PER_MINUTE: '10000000',
    })
    origin = await server.ready()
  }

  async function killAndStart(): Promise<void> {
    await server.kill()
    await start()
  }

  const addWebhook = (name: string, rules: object = {}) =>
    talk.addWebhook({ name, url: `${receiver.url}/${name}`, secret: TORTURE_SECRET, ...rules })

  /** The requests about one delivery: all verify, and have the same body. */
  function requestsOf({ id }: Pick<Delivery, 'id'>) {
    const requests = receiver.requests.filter((request) => headerOf(request, 'webhook-id') === id)
    for (const request of requests) new Verifier(TORTURE_SECRET).verify(request.body, headersOf(request))
    expect(new Set(requests.map(({ body }) => body.toString())).size, id).toBe(1)
    return requests
  }

  async function causesOf({ id }: Pick<Delivery, 'id'>) {
    const { attempts } = await talk.delivery(id)
    expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1))
    return attempts.map(({ cause }) => cause)
  }

  async function endInPeace(): Promise<void> {
    expect(await server.stop()).toMatchObject({ code: 0, stderr: '' })
    await checkAllDone(database)
  }

  test('during a send sends it again, and after the answer at most once more', async () => {
    await addWebhook('hook')
    // Never answered: the kill falls into the send.
    receiver.answerWith(() => {})
    const first = await talk.deliveryOf(await talk.dispatch(), 'status=sending')
    await receiver.request(1)
    receiver.answerWith(answering(200))
    await killAndStart()
    await talk.deliveryOf(first.job_id ?? '', 'status=delivered')
    expect(await causesOf(first)).toEqual(['interrupted', null])
    expect(requestsOf(first)).toHaveLength(2)

    // Killed by the very answer: mostly before the record of it.
    const killed = Promise.withResolvers<unknown>()
    receiver.answerWith((_request, response) => {
      response.end(() => void server.kill().then(killed.resolve, killed.reject))
    })
    const jobId = await talk.dispatch()
    await killed.promise
    receiver.answerWith(answering(200))
    await start()
    const second = await talk.deliveryOf(jobId, 'status=delivered')
    const causes = await causesOf(second)
    expect([[null], ['interrupted', null]]).toContainEqual(causes)
    expect(requestsOf(second)).toHaveLength(causes.length)
    await endInPeace()
  })

  test('during back-off keeps the time of the next attempt, and the rest of the schedule', async () => {
    await addWebhook('hook', { retry_schedule: ['4s', '1s'] })
    receiver.answerWith(answering(500))
    // Their failures are fewer than make an address failing.
    const jobIds = await talk.dispatchMany(2)
    const waiting = await talk.deliveriesAre('status=waiting&cause=status', jobIds.length)
    await server.kill()
    const rows = await queryDatabase(database, 'select id, attempt_count, next_attempt_at from deliveries order by id')
    expect(rows.map((row) => [row.id, Number(row.attempt_count), Number(row.next_attempt_at)])).toEqual(
      waiting.map(({ id, next_attempt_at }) => [id, 1, Date.parse(next_attempt_at ?? '')]).reverse(),
    )
    await start()
    await receiver.request(4)
    receiver.answerWith(answering(200))
    await talk.deliveriesAre('status=delivered', jobIds.length)
    for (const delivery of waiting) {
      expect(await causesOf(delivery)).toEqual(['status', 'status', null])
      const [, second] = (await talk.delivery(delivery.id)).attempts
      expect((second?.started_at ?? '') >= (delivery.next_attempt_at ?? '')).toBe(true)
      expect(requestsOf(delivery)).toHaveLength(3)
    }
    await endInPeace()
  })

  test('while an address is failing keeps its pause; killed during its probe it probes at once, and recovers', async () => {
    await addWebhook('bad')
    receiver.answerWith(answering(500))
    await talk.dispatchMany(5)
    const { paused_until } = await talk.webhookIs('bad', 'failing')
    const pausedUntil = Date.parse(paused_until ?? '')
    receiver.answerWith(() => {})
    await Promise.all(Array.from({ length: 20 }, () => talk.dispatch()))
    const waiting = await talk.deliveriesAre('status=waiting', 25)
    await server.kill()
    const rows = await queryDatabase(database, `select paused_until from addresses where state = 'failing'`)
    expect(rows.map((row) => Number(row.paused_until))).toEqual([pausedUntil])
    expect(receiver.requests).toHaveLength(5)

    await start()
    for (const probe of [6, 7]) {
      await receiver.request(probe)
      expect(systemClock.now()).toBeGreaterThanOrEqual(pausedUntil)
      await killAndStart()
    }
    receiver.answerWith(answering(200))
    // The third probe may have been under way already, and unanswered: then it is killed as well.
    if (receiver.requests.length > 7) await killAndStart()
    await talk.webhookIs('bad', 'healthy')
    await talk.deliveriesAre('status=delivered', 25)
    for (const delivery of waiting.filter(({ attempt_count }) => attempt_count === 0)) {
      const causes = await causesOf(delivery)
      expect(causes.filter((cause) => cause !== 'interrupted')).toEqual([null])
      expect(requestsOf(delivery)).toHaveLength(causes.length)
    }
    await endInPeace()
  })

  test('during a recovery leaves nothing half done: asked again, it takes up the rest, and each arrives', async () => {
    const names = ['one', 'two', 'three', 'four', 'five']
    for (const name of names) await addWebhook(name)
    // Each webhook fails once and is left in peace: what comes then waits.
    receiver.answerWith(answering(503, { 'retry-after': '3000' }))
    await talk.dispatch()
    await talk.deliveriesAre('status=waiting&cause=status', names.length)
    const jobs = 300
    for (let done = 1; done < jobs; done += 13) {
      await Promise.all(Array.from({ length: 13 }, () => talk.dispatch()))
    }
    await talk.deliveriesAre('status=waiting', jobs * names.length)
    for (const name of names) await talk.setWebhook(name, { enabled: false })
    for (const name of names) await talk.setWebhook(name, { enabled: true })
    await talk.deliveriesAre('status=discarded', jobs * names.length)

    const before = receiver.requests.length
    receiver.answerWith((_request, response) => void systemClock.after(prng.integer(0, 20), () => response.end()))
    const range = {
      since: new Date(systemClock.now() - HOUR_MS).toISOString(),
      until: new Date(systemClock.now() + HOUR_MS).toISOString(),
    }
    for (let kill = 0; kill < 3; kill++) {
      talk.call('POST', '/deliveries/recover', range).catch(() => {})
      await until('the recovery has begun', () => (receiver.requests.length > before ? true : null))
      await sleep(systemClock, prng.integer(0, 60))
      await killAndStart()
    }
    expect((await talk.call('POST', '/deliveries/recover', range)).status).toBe(200)
    await talk.deliveriesAre('status=delivered', jobs * names.length)
    expect((await talk.call('POST', '/deliveries/recover', range)).json).toEqual({
      recovered: 0,
      skipped: 0,
      more: false,
    })
    const arrived = new Set(receiver.requests.slice(before).map((request) => headerOf(request, 'webhook-id')))
    expect(arrived.size).toBe(jobs * names.length)
    await endInPeace()
  })
})
