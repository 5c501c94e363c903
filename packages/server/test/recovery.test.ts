import { createHmac } from 'node:crypto'
import type { DeliveryDetail } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { answering, headerOf, type Receiver } from './harness/receiver.ts'
import { describeEngines } from './harness/ringback.ts'
import { talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceiver, useReceivers } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

const SECRET = 'a secret of these tests'
const HOUR_MS = 3_600_000

describeEngines('what people do about deliveries', (createDatabase) => {
  const ringback = useRingback(createDatabase, { env: { RINGBACK_REQUESTS_PER_MINUTE: '1000000' } })
  const newReceiver = useReceivers()
  const receiver = useReceiver()
  const talk = talkTo(() => ringback)

  const addWebhook = (settings: object = {}) =>
    talk.addWebhook({ name: 'hook', url: receiver.url, secret: SECRET, ...settings })

  /** A new job's delivery, when the query finds it. */
  const newDelivery = async (query: string) => await talk.deliveryOf(await talk.dispatch(), query)

  /** Sends again and gives what was said about it. */
  async function resend({ id }: { id: string }): Promise<string> {
    const { status, json, text } = await talk.call('POST', `/deliveries/${id}/resend`)
    expect(status, text).toBe(202)
    return json.message
  }

  /** The delivery when it has had so many attempts and nothing is under way. */
  const attempted = ({ id }: { id: string }, count: number): Promise<DeliveryDetail> =>
    until(`delivery ${id} has had ${count} attempts`, async () => {
      const shown = await talk.delivery(id)
      return shown.attempts.length === count && shown.status !== 'sending' ? shown : null
    })

  /** Something that is sent from the beginning to the end now: the courier had time for whatever is due. */
  async function courierHadTime(): Promise<void> {
    expect((await talk.call('POST', '/webhooks/hook/test')).json.outcome).toBe('delivered')
  }

  /** From so long before now until so long after it. */
  const range = (beforeMs: number, afterMs = HOUR_MS) => ({
    since: new Date(ringback.clock.now() - beforeMs).toISOString(),
    until: new Date(ringback.clock.now() + afterMs).toISOString(),
  })

  async function recover(body: object) {
    const { status, json, text } = await talk.call('POST', '/deliveries/recover', body)
    expect(status, text).toBe(200)
    return json
  }

  describe('resend', () => {
    test('of one that waits takes the place of its retry: the next step of the schedule, and the rest goes on', async () => {
      receiver.answerWith(answering(500))
      await addWebhook({ retry_schedule: ['1m', '10m'] })
      const delivery = await newDelivery('status=waiting&cause=status')
      expect(await resend(delivery)).toContain('next step of the schedule')
      const second = await attempted(delivery, 2)
      expect(second.status).toBe('waiting')
      expect(
        Date.parse(second.next_attempt_at ?? '') - Date.parse(second.attempts[1]?.started_at ?? ''),
      ).toBeGreaterThan(10 * 60_000 - 1)
      ringback.clock.move(60_000)
      await courierHadTimeWhileFailing()
      expect((await talk.delivery(delivery.id)).attempt_count).toBe(2)
      ringback.clock.move(9 * 60_000)
      expect(await attempted(delivery, 3)).toMatchObject({ status: 'failed' })
    })

    async function courierHadTimeWhileFailing() {
      expect((await talk.call('POST', '/webhooks/hook/test')).json.outcome).toBe('failed')
    }

    test('of one that failed is one more attempt, by the same id and with the same body; the history stays', async () => {
      receiver.answerWith(answering(500))
      await addWebhook({ retry_schedule: [] })
      const failed = await newDelivery('status=failed')
      expect(await resend(failed)).toContain('the delivery stays "failed"')
      expect(await attempted(failed, 2)).toMatchObject({ status: 'failed', next_attempt_at: null })
      receiver.answerWith(answering(200))
      await resend(failed)
      const delivered = await attempted(failed, 3)
      expect(delivered).toMatchObject({ status: 'delivered', attempt_count: 3, last_cause: null })
      expect(delivered.attempts.map(({ number, cause, resend }) => [number, cause, resend])).toEqual([
        [1, 'status', false],
        [2, 'status', true],
        [3, null, true],
      ])
      for (const request of receiver.requests) {
        expect(headerOf(request, 'webhook-id')).toBe(failed.id)
        expect(request.body.toString()).toBe(failed.body)
      }
    })

    test('of one that was delivered sends it once more; it stays delivered, even when that fails', async () => {
      await addWebhook()
      const delivered = await newDelivery('status=delivered')
      receiver.answerWith(answering(500))
      expect(await resend(delivered)).toContain('the delivery stays "delivered"')
      const { delivered_at } = delivered
      expect(await attempted(delivered, 2)).toMatchObject({ status: 'delivered', delivered_at, last_cause: 'status' })
      ringback.clock.move(24 * HOUR_MS)
      receiver.answerWith(answering(200))
      await courierHadTime()
      expect((await talk.delivery(delivered.id)).attempt_count).toBe(2)
    })

    test('while an attempt is under way is refused, and that attempt counts as usual', async () => {
      let answerNow = () => {}
      receiver.answerWith((_request, response) => {
        answerNow = () => response.end()
      })
      await addWebhook()
      const { id } = await newDelivery('status=sending')
      await receiver.request(1)
      expect(await talk.call('POST', `/deliveries/${id}/resend`)).toMatchObject({
        status: 409,
        json: { code: 'delivery.sending' },
      })
      answerNow()
      expect(await attempted({ id }, 1)).toMatchObject({ status: 'delivered' })
    })

    test('to a webhook that is off is refused and says so; switched on, it is sent', async () => {
      receiver.answerWith(answering(500))
      await addWebhook()
      const waiting = await newDelivery('status=waiting&cause=status')
      await talk.setWebhook('hook', { enabled: false })
      const refused = await talk.call('POST', `/deliveries/${waiting.id}/resend`)
      expect(refused).toMatchObject({ status: 409, json: { code: 'webhook.disabled' } })
      expect(await talk.delivery(waiting.id)).toMatchObject({ status: 'discarded', attempt_count: 1 })
      receiver.answerWith(answering(200))
      await talk.setWebhook('hook', { enabled: true })
      await resend(waiting)
      expect(await attempted(waiting, 2)).toMatchObject({ status: 'delivered' })
    })

    test('goes through a pause, and leaves alone what waits for its end', async () => {
      receiver.answerWith(answering(503, { 'retry-after': '3000' }))
      await addWebhook()
      await newDelivery('status=waiting&cause=status')
      await talk.dispatchMany(3)
      const last = await newDelivery('status=waiting')
      receiver.answerWith(answering(200))
      await resend(last)
      expect(await attempted(last, 1)).toMatchObject({ status: 'delivered' })
      expect((await talk.deliveries('status=waiting')).length).toBe(4)
    })
  })

  describe('discard', () => {
    test('gives up one that waits: it is never sent, until somebody sends it again', async () => {
      receiver.answerWith(answering(500))
      await addWebhook()
      const waiting = await newDelivery('status=waiting&cause=status')
      const { status, json } = await talk.call('POST', `/deliveries/${waiting.id}/discard`)
      expect([status, json.status, json.next_attempt_at]).toEqual([200, 'discarded', null])
      receiver.answerWith(answering(200))
      ringback.clock.move(24 * HOUR_MS)
      await courierHadTime()
      expect(await talk.delivery(waiting.id)).toMatchObject({ status: 'discarded', attempt_count: 1 })
      await resend(waiting)
      expect(await attempted(waiting, 2)).toMatchObject({ status: 'delivered' })
    })

    test('of one of many changes nothing for the others', async () => {
      receiver.answerWith(answering(503, { 'retry-after': '60' }))
      await addWebhook()
      await newDelivery('status=waiting&cause=status')
      await talk.dispatchMany(3)
      const [newest] = await talk.deliveriesAre('status=waiting', 4)
      await talk.call('POST', `/deliveries/${newest?.id}/discard`)
      receiver.answerWith(answering(200))
      ringback.clock.move(70_000)
      await talk.deliveriesAre('status=delivered', 3)
    })
  })

  describe('recover', () => {
    test('counts first; then what failed in the range is sent again with its whole schedule, and nothing else', async () => {
      receiver.answerWith(answering(500))
      await addWebhook({ retry_schedule: ['30s'] })
      const tooOld = await newDelivery('status=waiting&cause=status')
      ringback.clock.move(30_000)
      await attempted(tooOld, 2)
      ringback.clock.move(HOUR_MS)
      receiver.answerWith(answering(200))
      const delivered = await newDelivery('status=delivered')
      receiver.answerWith(answering(500))
      const failed = await newDelivery('status=waiting&cause=status')
      ringback.clock.move(30_000)
      await attempted(failed, 2)
      const lastHour = range(HOUR_MS / 2)

      expect(await recover({ ...lastHour, dry_run: true })).toEqual({ recoverable: 1, skipped: 0 })
      await talk.deliveriesAre('status=failed', 2)
      expect(await recover(lastHour)).toEqual({ recovered: 1, skipped: 0, more: false })
      expect(await attempted(failed, 3)).toMatchObject({ status: 'waiting', finished_at: null })
      receiver.answerWith(answering(200))
      ringback.clock.move(30_000)
      expect(await attempted(failed, 4)).toMatchObject({ status: 'delivered' })
      expect((await talk.delivery(tooOld.id)).status).toBe('failed')
      expect((await talk.delivery(delivered.id)).attempt_count).toBe(1)
      expect(await recover(lastHour)).toEqual({ recovered: 0, skipped: 0, more: false })
    })

    test('of one webhook leaves the others; job webhooks are taken up by a recovery of all', async () => {
      receiver.answerWith(answering(500))
      await talk.setWebhook('default', { secret: SECRET })
      for (const name of ['hook', 'second']) await addWebhook({ name, retry_schedule: [] })
      await talk.dispatch()
      await talk.deliveriesAre('status=failed', 2)
      const jobId = await talk.dispatch({ 'Job-Webhook': receiver.url })
      const own = await talk.deliveryOf(jobId, 'status=waiting&cause=status')
      await talk.call('POST', `/deliveries/${own.id}/discard`)
      receiver.answerWith(answering(200))
      expect(await recover({ ...range(HOUR_MS), webhook: 'hook' })).toMatchObject({ recovered: 1 })
      await talk.deliveriesAre('webhook=hook&status=delivered', 1)
      expect(await talk.deliveries('webhook=second&status=failed')).toHaveLength(1)
      expect(await recover(range(HOUR_MS))).toMatchObject({ recovered: 2 })
      await talk.deliveriesAre('status=delivered', 3)
    })

    test('tells a webhook that was off of what ended meanwhile: with the same signed body as those that were on', async () => {
      const good = await newReceiver()
      receiver.answerWith(answering(410))
      await addWebhook({ include_result: true })
      await talk.addWebhook({ name: 'good', url: good.url, secret: SECRET, include_result: true })
      await talk.dispatch()
      await talk.webhookIs('hook', 'disabled')
      const jobIds = await talk.dispatchMany(3)
      await talk.deliveriesAre('webhook=good&status=delivered', 4)
      receiver.answerWith(answering(200))
      const missed = { ...range(HOUR_MS), webhook: 'hook', missed: true }
      expect(await recover({ ...missed, dry_run: true })).toEqual({ recoverable: 0, skipped: 3 })
      await talk.setWebhook('hook', { enabled: true })
      expect(await recover({ ...missed, dry_run: true })).toEqual({ recoverable: 3, skipped: 0 })
      const both = await Promise.all([recover(missed), recover(missed)])
      expect(both.map(({ recovered }) => recovered).reduce((one, other) => one + other)).toBe(3)

      await talk.deliveriesAre('webhook=hook&status=delivered', 3)
      const bodiesAt = ({ requests }: Receiver) => requests.slice(1).map(({ body }) => body.toString())
      expect(bodiesAt(receiver).toSorted()).toEqual(bodiesAt(good).toSorted())
      expect(
        bodiesAt(receiver)
          .map((body) => JSON.parse(body).id)
          .toSorted(),
      ).toEqual(jobIds.toSorted())
      for (const request of receiver.requests) {
        const signature = createHmac('sha256', SECRET).update(request.body).digest('hex')
        expect(headerOf(request, 'X-Signature')).toBe(signature)
      }
    })

    test('takes up thousands in batches: each arrives once, and those of a webhook that is off are left', async () => {
      const names = Array.from({ length: 19 }, (_, index) => `hook-${index}`)
      receiver.answerWith(answering(503, { 'retry-after': '3600' }))
      for (const name of names) await addWebhook({ name })
      await talk.dispatch()
      await talk.deliveriesAre('status=waiting&cause=status', names.length)
      await talk.dispatchMany(119)
      await talk.deliveriesAre('status=waiting', 120 * names.length)
      receiver.answerWith(answering(200))
      const before = receiver.requests.length
      for (const name of names) await talk.setWebhook(name, { enabled: false })
      for (const name of names.slice(1)) await talk.setWebhook(name, { enabled: true })
      await talk.deliveriesAre('status=discarded', 120 * names.length)

      const all = range(HOUR_MS)
      const counts = { recoverable: 120 * (names.length - 1), skipped: 120 }
      expect(await recover({ ...all, dry_run: true })).toEqual(counts)
      expect(await recover(all)).toEqual({ recovered: counts.recoverable, skipped: 120, more: false })
      await talk.deliveriesAre('status=delivered', counts.recoverable)
      expect(receiver.requests.length - before).toBe(counts.recoverable)
      expect(new Set(receiver.requests.slice(before).map((request) => headerOf(request, 'webhook-id'))).size).toBe(
        counts.recoverable,
      )
      expect(await talk.deliveries('status=discarded')).toHaveLength(120)
    })
  })
})
