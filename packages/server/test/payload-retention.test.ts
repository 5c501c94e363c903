import type { JobDetail } from '@ringback/contract'
import { expect, test } from 'vitest'
import { LOOK_MS } from '../src/jobs/retention-sweeper.ts'
import { headerOf } from './harness/receiver.ts'
import { describeEngines } from './harness/ringback.ts'
import { talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceiver } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

const HOUR_MS = 3_600_000
const SHORT = { 'payload-retention': '1h' }

describeEngines('a job with a Payload-Retention', (createDatabase) => {
  const ringback = useRingback(createDatabase)
  const receiver = useReceiver()
  const talk = talkTo(() => ringback)

  const job = async (id: string): Promise<JobDetail> => (await talk.call('GET', `/jobs/${id}`)).json

  /** Lets time pass until the payloads of a job are gone: an hour and some looks, and less than the 12 hours of a retry. */
  async function passUntilGone(jobId: string): Promise<void> {
    ringback.clock.move(HOUR_MS)
    let looks = 0
    await until('the payloads are gone', async () => {
      if ((await job(jobId)).payload_removed_at !== null) return true
      // The look that was under way may have planned the next one only after time was moved.
      if (++looks < 600) ringback.clock.move(LOOK_MS)
      return null
    })
  }

  /** All that there was is gone, and who asks for it is told so. */
  async function expectGone(jobId: string, deliveryId: string): Promise<void> {
    const expunged = await job(jobId)
    expect(expunged).toMatchObject({ status: 'success', input: null, result: null, payload_removal_at: null })
    const delivery = await talk.delivery(deliveryId)
    expect(delivery).toMatchObject({ status: 'delivered', body: null })
    for (const { response } of delivery.attempts) expect(response?.body).toBeNull()
    const resend = await talk.call('POST', `/deliveries/${deliveryId}/resend`)
    expect([resend.status, resend.json.code]).toEqual([410, 'delivery.payload_removed'])
    const status = await talk.call('GET', `/content/detect_emails/job/status/${jobId}`)
    expect([status.status, status.json.code]).toEqual([410, 'job.payload_removed'])
  }

  test('loses its payloads after that time, others keep theirs, and a delivery that waits keeps its body until it has ended', async () => {
    await talk.addWebhook({ url: receiver.url, include_result: true, retry_schedule: ['12h'] })
    const plainId = await talk.dispatch()
    const plain = await talk.deliveryOf(plainId, 'status=delivered')
    receiver.answerWith((_request, response) => response.writeHead(500).end('not today, anna@example.com'))
    const stuckId = await talk.dispatch(SHORT)
    const stuck = await talk.deliveryOf(stuckId, 'status=waiting&cause=status')
    receiver.answerWith((_request, response) => response.end('thanks, anna@example.com'))
    const shortId = await talk.dispatch(SHORT)
    const short = await talk.deliveryOf(shortId, 'status=delivered')
    expect((await job(shortId)).payload_removal_at).not.toBeNull()

    await passUntilGone(shortId)
    await expectGone(shortId, short.id)
    expect(await job(plainId)).toMatchObject({ result: ['anna@example.com'], payload_removed_at: null })
    expect((await talk.delivery(plain.id)).body).toContain('anna@example.com')
    // Its time is over too, and it was looked at before the other.
    expect(await job(stuckId)).toMatchObject({ result: ['anna@example.com'], payload_removal_at: null })
    expect(await talk.delivery(stuck.id)).toMatchObject({ status: 'waiting', body: stuck.body })

    expect((await talk.call('POST', `/deliveries/${stuck.id}/resend`)).status).toBe(202)
    await talk.deliveryOf(stuckId, 'status=delivered')
    const sent = receiver.requests.filter((request) => headerOf(request, 'webhook-id') === stuck.id)
    expect(sent.map(({ body }) => body.toString())).toEqual([stuck.body, stuck.body])
    await passUntilGone(stuckId)
    await expectGone(stuckId, stuck.id)
    expect(await job(plainId)).toMatchObject({ result: ['anna@example.com'], payload_removed_at: null })
  })
})
