import type { Webhook } from '@ringback/contract'
import { Webhook as Verifier } from 'standardwebhooks'
import { beforeEach, describe, expect, test } from 'vitest'
import { createLog } from '../src/lib/log.ts'
import { FAILURES_MAX, PAUSE_MS_MAX } from '../src/store/address-health.ts'
import { answering, headersOf, type Receiver } from './harness/receiver.ts'
import { describeEngines } from './harness/ringback.ts'
import { type Talk, talkAsOther, talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceivers } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

const SECRET = 'the secret of the others'
const OPERATIONAL_SECRET = `whsec_${Buffer.alloc(32, 4).toString('base64')}`

/** Must be in no log line. */
const HIDDEN = [SECRET, OPERATIONAL_SECRET, 'pass-of-the-url', 'value-of-a-header', 'token-in-the-query']

describeEngines('operational webhooks', (createDatabase) => {
  const logLines: string[] = []
  const ringback = useRingback(createDatabase, { log: createLog('debug', { write: (line) => logLines.push(line) }) })
  const newReceiver = useReceivers()
  const talk = talkTo(() => ringback)
  let operational: Receiver
  let bad: Receiver

  beforeEach(async () => {
    logLines.length = 0
    operational = await newReceiver()
    bad = await newReceiver(answering(500))
  })

  const switchOn = (by: Talk = talk, { url } = operational) =>
    by.setWebhook('operational', { enabled: true, url, secret: OPERATIONAL_SECRET })

  /** A webhook with all the secrets there are; it is told of all jobs. */
  async function addBad(by: Talk = talk): Promise<Webhook> {
    const { host } = new URL(bad.url)
    const url = `http://user:pass-of-the-url@${host}/hook?token=token-in-the-query`
    const headers = { 'X-Api-Key': 'value-of-a-header' }
    return await by.addWebhook({ name: 'bad', url, secret: SECRET, headers })
  }

  async function makeFailing(by: Talk = talk): Promise<Webhook> {
    await by.dispatchMany(FAILURES_MAX)
    return await by.webhookIs('bad', 'failing')
  }

  async function heal(): Promise<void> {
    bad.answerWith(answering(200))
    ringback.clock.move(PAUSE_MS_MAX)
    await talk.webhookIs('bad', 'healthy')
    await talk.deliveriesAre('webhook=bad&status=delivered', FAILURES_MAX)
  }

  /** So many events have arrived, and that is on record: time may be moved. */
  const told = (count: number) => talk.deliveriesAre('trigger=event&status=delivered', count)

  /** All that was told, verified, in the order in which it came. */
  function events(receiver = operational) {
    return receiver.requests.map((request) => {
      const event = new Verifier(OPERATIONAL_SECRET).verify(request.body.toString(), headersOf(request))
      return event as { type: string; timestamp: string; data: Record<string, unknown> }
    })
  }

  const typesOf = (receiver = operational) => events(receiver).map(({ type }) => type)

  /** Something else was told meanwhile, from the beginning to the end: nothing more comes of what went before. */
  async function nothingMoreComes(): Promise<void> {
    const count = operational.requests.length
    expect((await talk.call('POST', '/webhooks/operational/test')).json.outcome).toBe('delivered')
    await until('everything is told', async () =>
      (await talk.deliveries('trigger=event&status=waiting')).length === 0 &&
      (await talk.deliveries('trigger=event&status=sending')).length === 0
        ? true
        : null,
    )
    expect(operational.requests.length).toBe(count + 1)
  }

  const logged = (type: string) => logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === type)

  test('a webhook that fails, recovers and is switched off is told once each, signed, with all that is needed', async () => {
    await switchOn()
    const { id } = await addBad()
    const failing = await makeFailing()
    await told(1)
    await heal()
    await told(2)
    bad.answerWith(answering(410))
    await talk.dispatch()
    await told(4)
    await nothingMoreComes()

    const [first, second, ...last] = events()
    // Both are due at once, and may arrive in any order.
    const third = last.find(({ type }) => type === 'webhook.disabled')
    const fourth = last.find(({ type }) => type === 'delivery.failed')
    const url = `http://user:***@${new URL(bad.url).host}/hook?token=token-in-the-query`
    expect(first).toEqual({
      type: 'webhook.failing',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      data: {
        webhook_id: id,
        webhook_name: 'bad',
        url,
        reason: null,
        last_cause: 'status',
        consecutive_failures: FAILURES_MAX,
        failing_since: failing.failing_since,
        paused_until: failing.paused_until,
        disable_at: new Date(Date.parse(failing.failing_since ?? '') + 5 * 24 * 3_600_000).toISOString(),
      },
    })
    expect(second).toMatchObject({
      type: 'webhook.recovered',
      data: { webhook_id: id, consecutive_failures: 0, failing_since: null, paused_until: null },
    })
    expect(third).toMatchObject({
      type: 'webhook.disabled',
      data: { webhook_id: id, reason: 'The receiver answered 410 Gone.', paused_until: null },
    })
    expect(fourth?.data).toMatchObject({ webhook_id: id, webhook_name: 'bad', url, failed: 1, last_cause: 'status' })
    const found = await talk.deliveries('trigger=event')
    expect(found.map(({ job_type, job_id, status }) => [job_type, job_id, status])).toEqual([
      ['delivery.failed', null, 'delivered'],
      ['webhook.disabled', null, 'delivered'],
      ['webhook.recovered', null, 'delivered'],
      ['webhook.failing', null, 'delivered'],
    ])
  })

  test('only the webhook `operational` of that account is told', async () => {
    const good = await newReceiver()
    const theirs = await newReceiver()
    const other = await talkAsOther(() => ringback, 'other')
    await switchOn()
    await switchOn(other, theirs)
    await talk.setWebhook('default', { enabled: true, url: good.url, secret: SECRET })
    await addBad()
    await makeFailing()
    await told(1)
    await nothingMoreComes()
    expect(good.requests.map(({ body }) => JSON.parse(body.toString()).type)).toEqual(
      Array(FAILURES_MAX).fill('content_detect_emails'),
    )
    expect(bad.requests.every(({ body }) => !body.includes('webhook.'))).toBe(true)
    expect(theirs.requests).toEqual([])
    expect(await other.deliveries('')).toEqual([])
  })

  test('it is not told of jobs', async () => {
    await switchOn()
    const good = await newReceiver()
    await talk.addWebhook({ url: good.url, secret: SECRET })
    await talk.dispatch()
    await good.request(1)
    await nothingMoreComes()
  })

  test('job webhooks are told by their origin, and paths and queries stay theirs', async () => {
    await switchOn()
    await talk.setWebhook('default', { secret: SECRET })
    const { origin } = new URL(bad.url)
    await talk.dispatchMany(FAILURES_MAX, { 'Job-Webhook': `${origin}/secret-path?token=token-in-the-query` })
    const { body } = await operational.request(1)
    expect(JSON.parse(body.toString()).data).toMatchObject({ webhook_id: null, webhook_name: null, url: origin })
    expect(logged('webhook.failing')).toMatchObject([{ webhookId: null, origin }])
    await nothingMoreComes()
  })

  test('while it is off nothing is told and nothing kept for later; the log has a line for each all the same', async () => {
    await addBad()
    await makeFailing()
    await until('the first line is there', () => logged('webhook.failing')[0] ?? null)
    await heal()
    await until('the second line is there', () => logged('webhook.recovered')[0] ?? null)
    bad.answerWith(answering(410))
    await talk.dispatch()
    await until('the third line is there', () => logged('webhook.disabled')[0] ?? null)
    expect(await talk.deliveries('trigger=event')).toEqual([])
    await switchOn()
    await nothingMoreComes()
    for (const type of ['webhook.failing', 'webhook.recovered', 'webhook.disabled']) {
      expect(logged(type)).toMatchObject([{ level: 'warn', accountId: expect.any(String), lastCause: 'status' }])
    }
  })

  test('what a person does is not told', async () => {
    await switchOn()
    await addBad()
    await talk.setWebhook('bad', { enabled: false })
    await talk.setWebhook('bad', { enabled: true })
    await makeFailing()
    await told(1)
    await talk.setWebhook('bad', { enabled: false })
    await talk.setWebhook('bad', { enabled: true })
    await nothingMoreComes()
    expect(typesOf().slice(0, 1)).toEqual(['webhook.failing'])
  })

  test('no log line has a secret, a password, a custom header or a query', async () => {
    await switchOn()
    await addBad()
    await makeFailing()
    await told(1)
    await nothingMoreComes()
    const text = logLines.join('')
    expect(text).toContain('webhook.failing')
    for (const hidden of HIDDEN) expect(text).not.toContain(hidden)
  })

  describe('an operational webhook that fails itself', () => {
    test('is in the log, and is told nothing about itself', async () => {
      operational.answerWith(answering(500))
      await switchOn()
      await addBad()
      await makeFailing()
      const { id } = await talk.webhook('operational')
      for (const [attempts, delayMs] of [10_000, 60_000, 600_000].entries()) {
        await until(`attempt ${attempts + 1} has failed`, async () => {
          const [event] = await talk.deliveries('trigger=event&status=waiting')
          return event?.attempt_count === attempts + 1 ? event : null
        })
        ringback.clock.move(delayMs)
      }
      await talk.deliveriesAre('trigger=event&status=failed', 1)
      await heal()
      await talk.webhookIs('operational', 'failing')
      await until(
        'the line is there',
        () => logged('webhook.failing').find(({ webhookId }) => webhookId === id) ?? null,
      )

      operational.answerWith(answering(200))
      ringback.clock.move(PAUSE_MS_MAX)
      await talk.webhookIs('operational', 'healthy')
      await until('the line is there', () => logged('webhook.recovered').find((line) => line.webhookId === id) ?? null)
      await nothingMoreComes()
      const told = await talk.deliveries('trigger=event')
      expect(told.map(({ job_type, status }) => [job_type, status])).toEqual([
        ['webhook.recovered', 'delivered'],
        ['webhook.failing', 'failed'],
      ])
    })

    test('and is gone is switched off like any other, which makes no event', async () => {
      operational.answerWith(answering(410))
      await switchOn()
      await addBad()
      await makeFailing()
      expect(await talk.webhookIs('operational', 'disabled')).toMatchObject({
        disabled_reason: 'The receiver answered 410 Gone.',
      })
      await until('the line is there', () => logged('webhook.disabled')[0] ?? null)
      expect(await talk.deliveries('trigger=event')).toHaveLength(1)
      expect(operational.requests).toHaveLength(1)
    })
  })
})
