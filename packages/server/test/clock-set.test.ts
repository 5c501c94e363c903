import { describe, expect, test } from 'vitest'
import { createLog } from '../src/lib/log.ts'
import { answering, headerOf } from './harness/receiver.ts'
import { callApi, describeEngines } from './harness/ringback.ts'
import { talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceiver } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

const SECRET = `whsec_${Buffer.alloc(32, 6).toString('base64')}`
const HOURS_MS = 5 * 3_600_000

/** A heartbeat notices that the clock was set, and a poll finds what is due now. */
const NOTICED_MS = 5_000

/** The delay after the first failure in the server's own schedule. */
const FIRST_DELAY_MS = 10_000

const isNotice = (line: string) => line.includes('the clock was set back')

describeEngines('a machine whose clock is set', (createDatabase) => {
  const logLines: string[] = []
  const ringback = useRingback(createDatabase, { log: createLog('info', { write: (line) => logLines.push(line) }) })
  const receiver = useReceiver()
  const talk = talkTo(() => ringback)

  /** The delivery of a new job, after it has failed once and waits. */
  async function firstFailure() {
    receiver.answerWith(answering(500))
    return await talk.deliveryOf(await talk.dispatch(), 'status=waiting&cause=status')
  }

  /** Sets the clock, and resolves when the server has noticed: it need not when time only went ahead. */
  async function setClock(byMs: number): Promise<void> {
    const noticedBefore = logLines.filter(isNotice).length
    ringback.clock.set(byMs)
    ringback.clock.move(NOTICED_MS)
    if (byMs > 0) return
    await until('it was noticed', () => (logLines.filter(isNotice).length > noticedBefore ? true : null))
  }

  describe.each([
    ['ahead', HOURS_MS],
    ['back', -HOURS_MS],
  ])('%s by hours', (_way, byMs) => {
    test('goes on with jobs and webhooks at once, and signs with the time that it is told', async () => {
      await talk.addWebhook({ url: receiver.url, secret: SECRET })
      await talk.deliveryOf(await talk.dispatch(), 'status=delivered')
      ringback.clock.set(byMs)
      await talk.deliveryOf(await talk.dispatch(), 'status=delivered')
      const at = Number(headerOf(await receiver.request(2), 'webhook-timestamp')) * 1_000
      expect(Math.abs(at - ringback.clock.now())).toBeLessThan(60_000)
    })

    test('makes a retry that was to come after 10 s come then at the latest', async () => {
      await talk.addWebhook({ url: receiver.url, secret: SECRET })
      const { id } = await firstFailure()
      receiver.answerWith(answering(200))
      await setClock(byMs)
      ringback.clock.move(FIRST_DELAY_MS)
      await until('it is delivered', async () => ((await talk.delivery(id)).status === 'delivered' ? true : null))
    })

    test('while nothing runs is no different', async () => {
      await talk.addWebhook({ url: receiver.url, secret: SECRET })
      const { id } = await firstFailure()
      receiver.answerWith(answering(200))
      const { clock } = ringback
      await ringback.stop()
      clock.set(byMs)
      await ringback.start({ clock })
      clock.move(FIRST_DELAY_MS)
      await until('it is delivered', async () => ((await talk.delivery(id)).status === 'delivered' ? true : null))
    })

    test('ends no pause of a failing address too late: it is probed, and recovers', async () => {
      await talk.addWebhook({ name: 'bad', url: receiver.url, secret: SECRET })
      receiver.answerWith(answering(500))
      await talk.dispatchMany(5)
      await talk.webhookIs('bad', 'failing')
      const waiting = await talk.deliveryOf(await talk.dispatch(), 'status=waiting')
      receiver.answerWith(answering(200))
      await setClock(byMs)
      ringback.clock.move(FIRST_DELAY_MS)
      await talk.webhookIs('bad', 'healthy')
      expect(await talk.deliveryOf(waiting.job_id ?? '', 'status=delivered')).toMatchObject({ attempt_count: 1 })
    })

    test('a webhook with a rate goes on at its rate', async () => {
      await talk.addWebhook({ url: receiver.url, secret: SECRET, rate_limit_per_second: 2 })
      await talk.deliveryOf(await talk.dispatch(), 'status=delivered')
      ringback.clock.set(byMs)
      const jobId = await talk.dispatch()
      ringback.clock.move(NOTICED_MS)
      await talk.deliveryOf(jobId, 'status=delivered')
    })

    test('switches no webhook off that has failed for hours', async () => {
      await talk.addWebhook({ name: 'bad', url: receiver.url, secret: SECRET })
      const { id } = await firstFailure()
      await setClock(byMs)
      ringback.clock.move(FIRST_DELAY_MS)
      await until('the second attempt is on record', async () =>
        (await talk.delivery(id)).attempt_count === 2 ? true : null,
      )
      expect(await talk.webhook('bad')).toMatchObject({ enabled: true, consecutive_failures: 2 })
    })

    test('leaves nobody without his requests of the minute', async () => {
      await ringback.stop()
      await ringback.start({ env: { RINGBACK_REQUESTS_PER_MINUTE: '3' } })
      for (let count = 0; count < 3; count++) await talk.dispatch()
      ringback.clock.set(byMs)
      await talk.dispatch()
    })

    test('does not let a key live on that was revoked', async () => {
      const created = await talk.call('POST', '/api-keys', { name: 'second' })
      const { key, id } = created.json
      const ask = () => callApi(ringback.app.origin, key, 'GET', '/api/v1/ping')
      expect((await ask()).status).toBe(200)
      ringback.clock.set(byMs)
      expect((await talk.call('DELETE', `/api-keys/${id}`)).status).toBe(200)
      expect((await ask()).status).toBe(401)
    })
  })

  test('back and ahead again: five days without success are five days', async () => {
    await talk.addWebhook({ name: 'bad', url: receiver.url, secret: SECRET, retry_schedule: ['1m', '1m', '1m'] })
    const { id } = await firstFailure()
    for (const [index, byMs] of [-6 * 24 * HOURS_MS, 6 * 24 * HOURS_MS].entries()) {
      await setClock(byMs)
      ringback.clock.move(60_000)
      await until(`attempt ${index + 2} is on record`, async () =>
        (await talk.delivery(id)).attempt_count === index + 2 ? true : null,
      )
    }
    expect(await talk.webhook('bad')).toMatchObject({ enabled: true, consecutive_failures: 3 })
  })

  test('a secret that was replaced signs until the moment that was said, by the clock as it is set', async () => {
    const { id } = await talk.addWebhook({ url: receiver.url, secret: SECRET })
    expect((await talk.call('POST', `/webhooks/${id}/rotate-secret`, { grace: '1h' })).status).toBe(200)
    const signatures = async () => {
      const { id: deliveryId } = await talk.deliveryOf(await talk.dispatch(), 'status=delivered')
      const request = receiver.requests.find((found) => headerOf(found, 'webhook-id') === deliveryId)
      return request && headerOf(request, 'webhook-signature')?.split(' ').length
    }
    expect(await signatures()).toBe(2)
    ringback.clock.set(HOURS_MS)
    expect(await signatures()).toBe(1)
    ringback.clock.set(-2 * HOURS_MS)
    expect(await signatures()).toBe(2)
  })
})
