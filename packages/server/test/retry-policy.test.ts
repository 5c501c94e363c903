import type { ServerResponse } from 'node:http'
import type { DeliveryDetail } from '@ringback/contract'
import { Webhook as Verifier } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { answering, headerOf, headersOf } from './harness/receiver.ts'
import { describeEngines } from './harness/ringback.ts'
import { talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceivers } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

const SECRET = 'a secret of these tests'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The delay after the first failure in the server's own schedule. */
const FIRST_DELAY_MS = 10_000

describeEngines('what follows from a failed attempt', (createDatabase) => {
  const ringback = useRingback(createDatabase)
  const newReceiver = useReceivers()
  const talk = talkTo(() => ringback)

  /** Stops the server and starts it on the same database, at the same time. */
  async function restart(): Promise<void> {
    const { clock } = ringback
    await ringback.stop()
    await ringback.start({ clock })
  }

  /** A new job's delivery after its first attempt, which failed. */
  async function firstFailure(): Promise<DeliveryDetail> {
    const jobId = await talk.dispatch()
    return await talk.deliveryOf(jobId, 'status=waiting&cause=status')
  }

  /** The delay to the next attempt was this one: counted from the end of the last attempt, which was before now. */
  function expectDelay({ next_attempt_at, attempts }: DeliveryDetail, delayMs: number): void {
    const nextAt = Date.parse(next_attempt_at ?? '')
    const last = attempts.at(-1)
    expect(nextAt - Date.parse(last?.started_at ?? '')).toBeGreaterThanOrEqual(delayMs)
    expect(nextAt - ringback.clock.now()).toBeLessThanOrEqual(delayMs)
  }

  /** Something that is sent from the beginning to the end now: the courier had time for whatever is due. */
  async function courierHadTime(): Promise<void> {
    const witness = await newReceiver()
    const { id } = await talk.addWebhook({ url: witness.url, secret: SECRET, job_types: ['content_translate'] })
    expect((await talk.call('POST', `/webhooks/${id}/test`)).json.outcome).toBe('delivered')
    await talk.call('DELETE', `/webhooks/${id}`)
  }

  describe('the schedule', () => {
    test('of a webhook replaces the server’s, delay by delay, and the delivery has failed when it is spent', async () => {
      const receiver = await newReceiver(answering(500))
      await talk.addWebhook({ name: 'own', url: receiver.url, secret: SECRET, retry_schedule: ['5s', '2m'] })
      const first = await firstFailure()
      expectDelay(first, 5_000)
      ringback.clock.move(5_000)
      await receiver.request(2)
      const second = await talk.deliveryOf(first.job_id ?? '', 'status=waiting')
      expectDelay(second, 120_000)
      ringback.clock.move(120_000)
      await receiver.request(3)
      const ended = await talk.deliveryOf(first.job_id ?? '', 'status=failed')
      expect(ended).toMatchObject({ attempt_count: 3, next_attempt_at: null, last_cause: 'status' })
    })

    test('that is empty means a single attempt', async () => {
      const receiver = await newReceiver(answering(500))
      await talk.addWebhook({ url: receiver.url, secret: SECRET, retry_schedule: [] })
      expect(await talk.deliveryOf(await talk.dispatch(), 'status=failed')).toMatchObject({ attempt_count: 1 })
    })

    test('of another webhook is not touched by it', async () => {
      const [one, two] = [await newReceiver(answering(500)), await newReceiver(answering(500))]
      await talk.addWebhook({ name: 'one', url: one.url, secret: SECRET, retry_schedule: ['1h'] })
      await talk.addWebhook({ name: 'two', url: two.url, secret: SECRET })
      const jobId = await talk.dispatch()
      expectDelay(await talk.deliveryOf(jobId, 'webhook=one&status=waiting'), HOUR_MS)
      expectDelay(await talk.deliveryOf(jobId, 'webhook=two&status=waiting'), FIRST_DELAY_MS)
    })
  })

  describe('Retry-After', () => {
    const inTwoMinutes = () => new Date(Math.ceil(ringback.clock.now() / 1_000) * 1_000 + 120_000).toUTCString()
    const cases: [what: string, status: number, header: () => string, delayMs: number][] = [
      ['seconds, on 503', 503, () => '90', 90_000],
      ['seconds, on 429', 429, () => '90', 90_000],
      ['fewer seconds than planned', 503, () => '3', FIRST_DELAY_MS],
      ['zero', 503, () => '0', FIRST_DELAY_MS],
      ['a date that is over', 503, () => new Date(0).toUTCString(), FIRST_DELAY_MS],
      ['more than an hour', 503, () => '7200', FIRST_DELAY_MS + HOUR_MS],
      ['an absurd number', 503, () => '9'.repeat(300), FIRST_DELAY_MS + HOUR_MS],
      ['an absurd date', 503, () => 'Fri, 31 Dec 9999 23:59:59 GMT', FIRST_DELAY_MS + HOUR_MS],
      ['a negative number', 503, () => '-60', FIRST_DELAY_MS],
      ['a word', 503, () => 'soon', FIRST_DELAY_MS],
      ['nothing', 503, () => '', FIRST_DELAY_MS],
      ['on a status where it means nothing', 500, () => '90', FIRST_DELAY_MS],
    ]
    test.each(cases)('%s', async (_what, status, header, delayMs) => {
      const receiver = await newReceiver(answering(status, { 'retry-after': header() }))
      await talk.addWebhook({ url: receiver.url, secret: SECRET })
      expectDelay(await firstFailure(), delayMs)
    })

    test('a date', async () => {
      const date = inTwoMinutes()
      const receiver = await newReceiver(answering(503, { 'retry-after': date }))
      await talk.addWebhook({ url: receiver.url, secret: SECRET })
      const { next_attempt_at } = await firstFailure()
      expect(Date.parse(next_attempt_at ?? '')).toBe(Date.parse(date))
    })
  })

  describe('an answer that asks for patience pauses the whole address', () => {
    test.each([429, 503])('%i with Retry-After: for as long as it says', async (status) => {
      const receiver = await newReceiver(answering(status, { 'retry-after': '300' }))
      await talk.addWebhook({ name: 'busy', url: receiver.url, secret: SECRET })
      await firstFailure()
      const { state, paused_until } = await talk.webhook('busy')
      expect(state).toBe('healthy')
      expect(Date.parse(paused_until ?? '') - ringback.clock.now()).toBeGreaterThan(200_000)
      const other = await talk.deliveryOf(await talk.dispatch(), 'status=waiting')
      expect(other.attempt_count).toBe(0)
      await courierHadTime()
      expect(receiver.requests).toHaveLength(1)

      receiver.answerWith(answering(200))
      ringback.clock.move(300_000)
      await talk.deliveriesAre('status=delivered&trigger=job', 2)
      const [attempt] = (await talk.delivery(other.id)).attempts
      expect((attempt?.started_at ?? '') >= (paused_until ?? '')).toBe(true)
    })

    test.each([429, 502, 503, 504])('%i without: 1 s, doubled by each', async (status) => {
      const held: ServerResponse[] = []
      const receiver = await newReceiver((_request, response) => held.push(response))
      await talk.addWebhook({ name: 'busy', url: receiver.url, secret: SECRET })
      await talk.dispatchMany(4)
      await receiver.request(4)
      for (const response of held) response.writeHead(status).end()
      const { state, paused_until } = await until('four answers are on record', async () => {
        const shown = await talk.webhook('busy')
        return shown.consecutive_failures === 4 ? shown : null
      })
      expect(state).toBe('healthy')
      const pauseMs = Date.parse(paused_until ?? '') - ringback.clock.now()
      expect(pauseMs).toBeGreaterThan(2_000)
      expect(pauseMs).toBeLessThanOrEqual(8_000)

      receiver.answerWith(answering(200))
      const jobId = await talk.dispatch()
      expect((await talk.deliveryOf(jobId, 'status=waiting')).attempt_count).toBe(0)
      ringback.clock.move(8_000)
      const { attempts } = await talk.deliveryOf(jobId, 'status=delivered')
      expect((attempts[0]?.started_at ?? '') >= (paused_until ?? '')).toBe(true)
    })

    test('500 does not', async () => {
      const receiver = await newReceiver(answering(500))
      await talk.addWebhook({ name: 'broken', url: receiver.url, secret: SECRET })
      await firstFailure()
      expect(await talk.webhook('broken')).toMatchObject({ state: 'healthy', paused_until: null })
      receiver.answerWith(answering(200))
      expect(await talk.deliveryOf(await talk.dispatch(), 'status=delivered')).toMatchObject({ attempt_count: 1 })
    })
  })

  test('410 switches the webhook off, says why, and keeps what waited: it can be recovered', async () => {
    const receiver = await newReceiver(answering(503, { 'retry-after': '3000' }))
    await talk.addWebhook({ name: 'gone', url: receiver.url, secret: SECRET })
    const first = await firstFailure()
    await talk.dispatchMany(2)
    await talk.deliveriesAre('status=waiting', 3)
    receiver.answerWith(answering(410))
    await talk.call('POST', `/deliveries/${first.id}/resend`)

    const off = await talk.webhookIs('gone', 'disabled')
    expect(off).toMatchObject({ enabled: false, disabled_reason: 'The receiver answered 410 Gone.', waiting: 0 })
    expect(await talk.delivery(first.id)).toMatchObject({ status: 'failed', attempt_count: 2 })
    const discarded = await talk.deliveriesAre('status=discarded', 2)
    expect(discarded.map(({ attempt_count }) => attempt_count)).toEqual([0, 0])
    await talk.dispatch()
    await courierHadTime()
    expect(receiver.requests).toHaveLength(2)
    expect(await talk.deliveries('webhook=gone')).toHaveLength(3)

    receiver.answerWith(answering(200))
    const on = await talk.setWebhook('gone', { enabled: true })
    expect(on).toMatchObject({ state: 'healthy', disabled_reason: null, consecutive_failures: 0, failing_since: null })
    const since = new Date(ringback.clock.now() - HOUR_MS).toISOString()
    const range = { since, until: new Date(ringback.clock.now() + HOUR_MS).toISOString(), webhook: 'gone' }
    expect((await talk.call('POST', '/deliveries/recover', range)).json).toMatchObject({ recovered: 3, skipped: 0 })
    await talk.deliveriesAre('webhook=gone&status=delivered', 3)
  })

  test('a 410 to a job webhook ends that delivery and switches nothing off', async () => {
    const receiver = await newReceiver(answering(410))
    await talk.setWebhook('default', { secret: SECRET })
    const headers = { 'Job-Webhook': receiver.url }
    expect(await talk.deliveryOf(await talk.dispatch(headers), 'status=failed')).toMatchObject({ attempt_count: 1 })
    receiver.answerWith(answering(200))
    await talk.deliveryOf(await talk.dispatch(headers), 'status=delivered')
  })

  describe('five days without a success switch the webhook off', () => {
    const DAILY = Array<string>(7).fill('24h')

    /** A day later the next attempt of the delivery was made, and is on record. */
    async function nextDay(deliveryId: string, attempts: number): Promise<void> {
      ringback.clock.move(DAY_MS)
      await until(`attempt ${attempts} is on record`, async () => {
        const { attempt_count, status } = await talk.delivery(deliveryId)
        return attempt_count === attempts && status === 'waiting' ? true : null
      })
    }

    test('a success in between begins the count anew', async () => {
      const receiver = await newReceiver(answering(500))
      await talk.addWebhook({ name: 'dead', url: receiver.url, secret: SECRET, retry_schedule: DAILY })
      const { id } = await firstFailure()
      for (const attempts of [2, 3, 4]) await nextDay(id, attempts)
      receiver.answerWith(answering(200))
      await talk.deliveryOf(await talk.dispatch(), 'status=delivered')
      receiver.answerWith(answering(500))
      for (const attempts of [5, 6]) await nextDay(id, attempts)
      expect(await talk.webhook('dead')).toMatchObject({ enabled: true, consecutive_failures: 2 })
    })

    test('a restart in between does not begin it anew', async () => {
      const receiver = await newReceiver(answering(500))
      await talk.addWebhook({ name: 'dead', url: receiver.url, secret: SECRET, retry_schedule: DAILY })
      const { id } = await firstFailure()
      for (const attempts of [2, 3, 4, 5]) {
        await restart()
        await nextDay(id, attempts)
      }
      expect(await talk.webhook('dead')).toMatchObject({ enabled: true, consecutive_failures: 5 })
      await restart()
      ringback.clock.move(DAY_MS)
      expect(await talk.webhookIs('dead', 'disabled')).toMatchObject({
        enabled: false,
        disabled_reason: 'No attempt has succeeded for 5 days.',
      })
      expect(await talk.delivery(id)).toMatchObject({ status: 'discarded', attempt_count: 6 })
    })

    test('a week without attempts is not a week of failures', async () => {
      const receiver = await newReceiver(answering(500))
      await talk.addWebhook({ name: 'quiet', url: receiver.url, secret: SECRET, retry_schedule: ['5s'] })
      const { id } = await firstFailure()
      ringback.clock.move(7 * DAY_MS)
      await until('the second attempt is on record', async () => {
        const { status } = await talk.delivery(id)
        return status === 'failed' ? true : null
      })
      expect(await talk.webhook('quiet')).toMatchObject({ enabled: true, consecutive_failures: 2 })
    })

    test('switched on again by a person it is healthy, and has five days', async () => {
      const receiver = await newReceiver(answering(500))
      await talk.addWebhook({ name: 'dead', url: receiver.url, secret: SECRET, retry_schedule: DAILY })
      const { id } = await firstFailure()
      for (const attempts of [2, 3, 4, 5]) await nextDay(id, attempts)
      ringback.clock.move(DAY_MS)
      await talk.webhookIs('dead', 'disabled')
      await talk.setWebhook('dead', { enabled: true })
      await talk.dispatch()
      await receiver.request(7)
      await talk.deliveriesAre('status=waiting', 1)
      expect(await talk.webhook('dead')).toMatchObject({
        enabled: true,
        state: 'healthy',
        disabled_reason: null,
        consecutive_failures: 1,
      })
    })
  })

  describe('a change counts for the next attempt of what waits', () => {
    test('URL, secret, headers and schedule', async () => {
      const old = await newReceiver(answering(500))
      const present = await newReceiver(answering(500))
      await talk.addWebhook({ name: 'moved', url: old.url, secret: SECRET, headers: { 'X-Old': '1' } })
      const { job_id, body, id } = await firstFailure()
      const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
      const headers = { 'X-Old': null, 'X-New-Header': 'two' }
      await talk.setWebhook('moved', { url: present.url, secret, headers, retry_schedule: ['1h', '3h'] })
      ringback.clock.move(FIRST_DELAY_MS)
      const request = await present.request(1)

      expect(request.body.toString()).toBe(body)
      expect(headerOf(request, 'webhook-id')).toBe(id)
      new Verifier(secret).verify(body ?? '', headersOf(request))
      expect(request.headers).toContainEqual(['X-New-Header', 'two'])
      expect(headerOf(request, 'X-Old')).toBeUndefined()
      const second = await talk.deliveryOf(job_id ?? '', 'status=waiting')
      expect(second).toMatchObject({ attempt_count: 2, url: present.url })
      expect(second.attempts.map((attempt) => attempt.request.url)).toEqual([old.url, present.url])
      // Its second delay, because the delivery has failed twice.
      expectDelay(second, 3 * HOUR_MS)
      expect(old.requests).toHaveLength(1)
    })

    test('a failing webhook that is sent elsewhere is healthy there at once', async () => {
      const old = await newReceiver(answering(500))
      const present = await newReceiver()
      await talk.addWebhook({ name: 'moved', url: old.url, secret: SECRET })
      await talk.dispatchMany(5)
      await talk.webhookIs('moved', 'failing')
      const waiting = await talk.deliveryOf(await talk.dispatch(), 'status=waiting')
      expect(await talk.setWebhook('moved', { url: present.url })).toMatchObject({ state: 'healthy' })
      await talk.deliveryOf(waiting.job_id ?? '', 'status=delivered')
      ringback.clock.move(FIRST_DELAY_MS)
      await talk.deliveriesAre('status=delivered', 6)
    })
  })
})
