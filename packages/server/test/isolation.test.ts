import type { ServerResponse } from 'node:http'
import type { Webhook } from '@ringback/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { UNDER_WAY_FIRST } from '../src/courier/address-loads.ts'
import { FAILURES_MAX, PAUSE_FIRST_MS } from '../src/store/address-health.ts'
import { type Answer, answering, type Receiver } from './harness/receiver.ts'
import { describeEngines, freePort } from './harness/ringback.ts'
import { type Talk, talkAsOther, talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceivers } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

/** The deadline of an attempt; the tests move over it. */
const TIMEOUT_MS = 10_000

const SECRET = 'a secret of these tests'

/** Ways to be bad. A receiver that hangs is over when the deadline is. */
const BAD: Readonly<Record<string, { answer: Answer; cause: string; untilDeadline?: true }>> = {
  hangs: { answer: () => {}, cause: 'timeout', untilDeadline: true },
  'drips its answer': { answer: (_request, response) => drip(response), cause: 'timeout', untilDeadline: true },
  'answers 500': { answer: answering(500), cause: 'status' },
  'floods, and says 500 before it': { answer: (_request, response) => flood(response), cause: 'status' },
  redirects: { answer: answering(308, { location: '/' }), cause: 'redirect' },
  'resets connections': { answer: (_request, _response, message) => message.socket.resetAndDestroy(), cause: 'reset' },
}

function flood(response: ServerResponse): void {
  response.writeHead(500)
  const pour = () => {
    while (!response.destroyed && response.write('y'.repeat(65_536)));
  }
  response.on('drain', pour)
  pour()
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write('.'), 50)
  response.on('close', () => clearInterval(timer))
}

describeEngines('one bad receiver harms nobody else', (createDatabase) => {
  const ringback = useRingback(createDatabase, { env: { RINGBACK_REQUESTS_PER_MINUTE: '1000000' } })
  const newReceiver = useReceivers()
  const talk = talkTo(() => ringback)
  let other: Talk
  beforeEach(async () => {
    other = await talkAsOther(() => ringback, 'other')
  })

  /** A receiver that answers, as the webhook `good`. */
  async function addGood(by: Talk = talk): Promise<Receiver> {
    const good = await newReceiver()
    await by.addWebhook({ name: 'good', url: good.url, secret: SECRET })
    return good
  }

  /** Jobs until the webhook `bad` is failing: the fewest that can do it, one attempt each. */
  async function makeFailing(untilDeadline = false): Promise<Webhook> {
    await talk.dispatchMany(FAILURES_MAX)
    if (untilDeadline) {
      await talk.deliveriesAre('webhook=bad&status=sending', FAILURES_MAX)
      ringback.clock.move(TIMEOUT_MS)
    }
    return await talk.webhookIs('bad', 'failing')
  }

  /** Attempts to the webhook `bad` on record. */
  async function attemptCounts(): Promise<number[]> {
    const found = await talk.deliveries('webhook=bad')
    return found.map((delivery) => delivery.attempt_count).sort((a, b) => b - a)
  }

  /** Attempts of one probe more are on record: it has ended. */
  async function probeEnds(number: number, untilDeadline = false): Promise<number[]> {
    const sum = FAILURES_MAX + number
    if (untilDeadline) {
      await talk.deliveriesAre('webhook=bad&status=sending', 1)
      ringback.clock.move(TIMEOUT_MS)
    }
    return await until(`probe ${number} has ended`, async () => {
      const counts = await attemptCounts()
      const attempts = counts.reduce((a, b) => a + b, 0)
      expect(attempts).toBeLessThanOrEqual(sum)
      return attempts === sum && (await talk.deliveries('webhook=bad&status=sending')).length === 0 ? counts : null
    })
  }

  /** Something that is sent from the beginning to the end now: the courier had time for whatever is due. */
  async function courierHadTime(good: Receiver): Promise<void> {
    const count = good.requests.length
    const { json } = await talk.call('POST', '/webhooks/good/test')
    expect(json).toMatchObject({ outcome: 'delivered' })
    expect(good.requests.length).toBe(count + 1)
  }

  function pauseMs({ paused_until }: Webhook): number {
    expect(paused_until).not.toBeNull()
    return Date.parse(paused_until ?? '') - ringback.clock.now()
  }

  describe.each(Object.entries(BAD))('a receiver that %s', (_what, { answer, cause, untilDeadline }) => {
    test('is paused, its deliveries wait and spend nothing, one probe goes at a time; healed, it gets all', async () => {
      const bad = await newReceiver(answer)
      const good = await addGood()
      const others = await addGood(other)
      await talk.addWebhook({ name: 'bad', url: bad.url, secret: SECRET })

      const failing = await makeFailing(untilDeadline)
      expect(failing).toMatchObject({ consecutive_failures: FAILURES_MAX, last_cause: cause, enabled: true })
      expect(pauseMs(failing)).toBeLessThanOrEqual(PAUSE_FIRST_MS)

      const waiting = await talk.dispatchMany(3)
      await other.dispatchMany(2)
      await Promise.all([good.request(FAILURES_MAX + 3), others.request(2)])
      for (const jobId of waiting) {
        expect(await talk.deliveryOf(jobId, 'webhook=bad&status=waiting')).toMatchObject({ attempt_count: 0 })
      }
      ringback.clock.move(Math.floor(pauseMs(failing) / 2))
      await courierHadTime(good)
      expect(bad.requests).toHaveLength(FAILURES_MAX)
      expect(await attemptCounts()).toEqual([1, 1, 1, 1, 1, 0, 0, 0])
      expect(await talk.webhook('bad')).toMatchObject({ waiting: 8, state: 'failing' })

      for (const [number, pauses] of [
        [1, 2],
        [2, 4],
      ] as const) {
        ringback.clock.move(pauseMs(await talk.webhook('bad')))
        await probeEnds(number, untilDeadline)
        expect(bad.requests).toHaveLength(FAILURES_MAX + number)
        const probed = await talk.webhook('bad')
        expect(probed).toMatchObject({ consecutive_failures: FAILURES_MAX + number, waiting: 8 })
        const least = (pauses / 2) * PAUSE_FIRST_MS
        expect(pauseMs(probed)).toBeGreaterThan(least)
        expect(pauseMs(probed)).toBeLessThanOrEqual(pauses * PAUSE_FIRST_MS)
      }

      bad.answerWith((_request, response) => response.end())
      ringback.clock.move(pauseMs(await talk.webhook('bad')))
      await talk.webhookIs('bad', 'healthy')
      await talk.deliveriesAre('webhook=bad&status=delivered', 8)
      expect(await talk.webhook('bad')).toMatchObject({ consecutive_failures: 0, paused_until: null, waiting: 0 })
      // What was due longest was the probe: two of the three that had waited.
      expect(await attemptCounts()).toEqual([2, 2, 2, 2, 2, 2, 2, 1])
    })
  })

  test('a receiver that hangs holds so many attempts at once and no more; what waits for it has spent none', async () => {
    await ringback.stop()
    // A deadline that is not met on a busy machine.
    await ringback.start({ env: { RINGBACK_WEBHOOK_TIMEOUT: '60s' } })
    const bad = await newReceiver(() => {})
    const good = await addGood()
    await talk.addWebhook({ name: 'bad', url: bad.url, secret: SECRET })
    await Promise.all(Array.from({ length: UNDER_WAY_FIRST - 1 }, () => talk.dispatch()))
    await talk.deliveriesAre('webhook=bad&status=sending', UNDER_WAY_FIRST - 1)
    // One after the other: jobs that end together do not know of each other yet.
    for (const status of ['sending', 'waiting', 'waiting']) {
      await talk.deliveryOf(await talk.dispatch(), `webhook=bad&status=${status}`)
    }
    await Promise.all([bad.request(UNDER_WAY_FIRST), good.request(UNDER_WAY_FIRST + 2)])
    await courierHadTime(good)
    expect(await talk.deliveries('webhook=bad&status=sending')).toHaveLength(UNDER_WAY_FIRST)
    expect(new Set(await attemptCounts())).toEqual(new Set([0]))
    expect(bad.requests).toHaveLength(UNDER_WAY_FIRST)
  })

  test('a receiver that is unreachable is paused, and gets all when somebody listens there', async () => {
    const port = await freePort()
    const good = await addGood()
    await talk.addWebhook({ name: 'bad', url: `http://127.0.0.1:${port}/hook`, secret: SECRET })
    const failing = await makeFailing()
    expect(failing.last_cause).toBe('connect')
    await talk.dispatchMany(2)
    await good.request(FAILURES_MAX + 2)
    expect(await attemptCounts()).toEqual([1, 1, 1, 1, 1, 0, 0])

    ringback.clock.move(pauseMs(failing))
    await probeEnds(1)
    const back = await newReceiver(undefined, { port })
    ringback.clock.move(pauseMs(await talk.webhook('bad')))
    await talk.deliveriesAre('webhook=bad&status=delivered', FAILURES_MAX + 2)
    expect(back.requests).toHaveLength(FAILURES_MAX + 2)
  })

  test('a restart of the server ends no pause: nothing is sent before the probe', async () => {
    const bad = await newReceiver(answering(500))
    const good = await addGood()
    await talk.addWebhook({ name: 'bad', url: bad.url, secret: SECRET })
    const before = await makeFailing()
    await talk.dispatchMany(2)
    await good.request(FAILURES_MAX + 2)
    await ringback.stop()
    await ringback.start()

    const after = await talk.webhook('bad')
    const { state, paused_until, failing_since, consecutive_failures, last_cause } = before
    expect(after).toMatchObject({ state, paused_until, failing_since, consecutive_failures, last_cause, waiting: 7 })
    await courierHadTime(good)
    expect(bad.requests).toHaveLength(FAILURES_MAX)
    ringback.clock.move(pauseMs(after))
    await probeEnds(1)
    expect(bad.requests).toHaveLength(FAILURES_MAX + 1)
  })

  test('the job webhooks of an origin are paused together, and only those of the account', async () => {
    const bad = await newReceiver(answering(500))
    const { origin } = new URL(bad.url)
    const to = (path: string) => ({ 'Job-Webhook': `${origin}/${path}` })
    for (let count = 1; count <= FAILURES_MAX; count++) {
      await talk.setWebhook('default', { secret: SECRET })
      const jobId = await talk.dispatch(to(`job/${count}`))
      await talk.deliveryOf(jobId, 'status=waiting')
    }
    const waiting = await talk.dispatch(to('another/path'))
    await other.setWebhook('default', { secret: SECRET })
    await other.deliveryOf(await other.dispatch(to('job/1')), 'status=waiting&cause=status')
    expect(await talk.deliveryOf(waiting, 'status=waiting')).toMatchObject({ attempt_count: 0 })
    expect(bad.requests).toHaveLength(FAILURES_MAX + 1)
  })

  test('a resend and a test are sent during a pause: somebody is looking', async () => {
    const bad = await newReceiver(answering(500))
    await talk.addWebhook({ name: 'bad', url: bad.url, secret: SECRET })
    await makeFailing()
    const waiting = await talk.deliveryOf(await talk.dispatch(), 'webhook=bad&status=waiting')
    expect((await talk.call('POST', '/webhooks/bad/test')).json.delivery).toMatchObject({ attempt_count: 1 })
    expect((await talk.call('POST', `/deliveries/${waiting.id}/resend`)).status).toBe(202)
    await bad.request(FAILURES_MAX + 2)
    await until('the resend is on record', async () =>
      (await talk.delivery(waiting.id)).attempt_count === 1 ? true : null,
    )
    expect(await talk.webhook('bad')).toMatchObject({ state: 'failing' })
    expect(await attemptCounts()).toEqual([1, 1, 1, 1, 1, 1, 1])
  })
})
