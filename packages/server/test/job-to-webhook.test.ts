import { createHmac } from 'node:crypto'
import type { DeliveryStatus } from '@ringback/contract'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { headerOf, headersOf } from './harness/receiver.ts'
import { describeEngines } from './harness/ringback.ts'
import { talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceiver, useReceivers } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`

describeEngines('a job goes in, a signed webhook comes out', (createDatabase) => {
  const ringback = useRingback(createDatabase)
  const newReceiver = useReceivers()
  const receiver = useReceiver()

  const talk = talkTo(() => ringback)

  const setWebhook = (change: object = {}) =>
    talk.setWebhook('default', { enabled: true, url: receiver.url, secret: SECRET, ...change })

  async function dispatch(content: string, headers: Record<string, string> = {}): Promise<string> {
    const answer = await ringback.call('POST', '/api/v1/content/detect_emails', { content }, headers)
    expect(answer.status).toBe(202)
    return answer.json.job_id
  }

  const deliveryOf = (jobId: string, status: DeliveryStatus) => talk.deliveryOf(jobId, `status=${status}`)

  test('the webhook carries id, status and type in this order and verifies with somebody else’s library', async () => {
    await setWebhook()
    const jobId = await dispatch('write to anna@example.com')
    const request = await receiver.request(1)

    expect(request.body.toString()).toBe(`{"id":"${jobId}","status":"success","type":"content_detect_emails"}`)
    expect(headerOf(request, 'User-Agent')).toBe('SharpAPIWebhook/1.0')
    expect(headerOf(request, 'Content-Type')).toBe('application/json')
    expect(headerOf(request, 'X-Signature')).toBe(createHmac('sha256', SECRET).update(request.body).digest('hex'))
    new Webhook(SECRET).verify(request.body.toString(), headersOf(request))
  })

  test('with include_result the result comes last in the same body', async () => {
    await setWebhook({ include_result: true })
    const jobId = await dispatch('write to anna@example.com')
    const request = await receiver.request(1)
    expect(request.body.toString()).toBe(
      `{"id":"${jobId}","status":"success","type":"content_detect_emails","result":["anna@example.com"]}`,
    )
  })

  test('a failed job is told too, with its error', async () => {
    await setWebhook({ include_result: true })
    const { json } = await ringback.call('POST', '/api/v1/content/translate', { content: 'hello', language: 'Italian' })
    const request = await receiver.request(1)
    const body = JSON.parse(request.body.toString())
    expect(Object.keys(body)).toEqual(['id', 'status', 'type', 'error', 'result'])
    expect(body).toMatchObject({ id: json.job_id, status: 'failed', type: 'content_translate', result: null })
    expect(body.error.code).toBe('model.not_configured')
    expect(body.error.message).toContain('RINGBACK_MODEL')
  })

  test('every attempt has the same body and webhook-id, a new timestamp and a signature that fits it', async () => {
    receiver.answerWith((_request, response) => response.writeHead(500).end('broken'))
    await setWebhook()
    const jobId = await dispatch('nothing here')
    for (const [count, delayMs] of [
      [2, 10_000],
      [3, 60_000],
      [4, 600_000],
    ] as const) {
      await receiver.request(count - 1)
      await deliveryOf(jobId, 'waiting')
      ringback.clock.move(delayMs)
      await receiver.request(count)
    }
    const delivery = await deliveryOf(jobId, 'failed')

    expect(receiver.requests).toHaveLength(4)
    const [first] = receiver.requests
    for (const request of receiver.requests) {
      expect(request.body).toEqual(first?.body)
      expect(headerOf(request, 'webhook-id')).toBe(delivery.id)
      expect(headerOf(request, 'X-Signature')).toBe(createHmac('sha256', SECRET).update(request.body).digest('hex'))
    }
    const timestamps = receiver.requests.map((request) => Number(headerOf(request, 'webhook-timestamp')))
    expect(new Set(timestamps).size).toBe(4)
    expect(delivery.attempt_count).toBe(4)
    expect(delivery.attempts.map((attempt: { number: number }) => attempt.number)).toEqual([1, 2, 3, 4])
    expect(delivery.attempts[3]).toMatchObject({
      cause: 'status',
      response: { status: 500, body: 'broken', truncated: false },
    })
  })

  test('retries are never early: nothing is sent a moment before the planned time', async () => {
    receiver.answerWith((_request, response) => response.writeHead(503).end())
    await setWebhook()
    const jobId = await dispatch('nothing here')
    const { next_attempt_at, attempts } = await deliveryOf(jobId, 'waiting')
    expect(Date.parse(next_attempt_at ?? '') - Date.parse(attempts[0]?.started_at ?? '')).toBeGreaterThanOrEqual(10_000)
    ringback.clock.move(8_000)
    // Another delivery that is made and sent now shows that the courier had time to be early.
    receiver.answerWith((_request, response) => response.end())
    await ringback.call('POST', '/api/v1/webhooks/default/test')
    expect(receiver.requests).toHaveLength(2)
  })

  test('the receiver that heals gets its webhook at the next attempt', async () => {
    receiver.answerWith((_request, response) => response.writeHead(500).end())
    await setWebhook()
    const jobId = await dispatch('nothing here')
    await deliveryOf(jobId, 'waiting')
    receiver.answerWith((_request, response) => response.writeHead(204).end())
    ringback.clock.move(10_000)
    const delivery = await deliveryOf(jobId, 'delivered')
    expect(delivery.attempt_count).toBe(2)
    expect(delivery.attempts[1]).toMatchObject({ cause: null, response: { status: 204 } })
  })

  test('the record shows the request exactly as it came over the socket', async () => {
    await setWebhook()
    const jobId = await dispatch('nothing here')
    const request = await receiver.request(1)
    const delivery = await deliveryOf(jobId, 'delivered')
    expect(delivery.attempts[0]?.request.headers).toEqual(request.headers.map((pair) => [...pair]))
    expect(delivery.body).toBe(request.body.toString())
    expect(delivery.attempts[0]?.remote_address).toBe(`127.0.0.1:${receiver.port}`)
  })

  test('a Job-Webhook is told instead of the account’s webhook, signed with its secret, also when that is off', async () => {
    await setWebhook({ enabled: false })
    const own = await newReceiver()
    const jobId = await dispatch('anna@example.com', { 'Job-Webhook': own.url })
    const request = await own.request(1)
    expect(JSON.parse(request.body.toString()).id).toBe(jobId)
    expect(headerOf(request, 'X-Signature')).toBe(createHmac('sha256', SECRET).update(request.body).digest('hex'))
    const delivery = await deliveryOf(jobId, 'delivered')
    expect(delivery).toMatchObject({ webhook_id: null, url: own.url })
    expect(receiver.requests).toHaveLength(0)
  })

  test('Job-Webhook means nothing outside of a dispatch', async () => {
    const answer = await ringback.call('GET', '/api/v1/ping', undefined, { 'Job-Webhook': 'not a url' })
    expect(answer.status).toBe(200)
  })

  test('the status answers the wire format of both addresses', async () => {
    const jobId = await dispatch('write to anna@example.com')
    const data = await until('the job has ended', async () => {
      const { json } = await ringback.call('GET', `/api/v1/content/detect_emails/job/status/${jobId}`)
      return json.data.attributes.status === 'success' ? json.data : null
    })
    expect(data).toEqual({
      type: 'api_job_result',
      id: jobId,
      attributes: { status: 'success', type: 'content_detect_emails', result: ['anna@example.com'] },
    })
    const legacy = await ringback.call('GET', `/api/v1/job/status/${jobId}`)
    expect(legacy.json.data.attributes.result).toBe('["anna@example.com"]')
  })

  test('a webhook that is switched off while a retry waits: the delivery is discarded and never sent again', async () => {
    receiver.answerWith((_request, response) => response.writeHead(500).end())
    await setWebhook()
    const jobId = await dispatch('nothing here')
    await deliveryOf(jobId, 'waiting')
    await setWebhook({ enabled: false })
    const delivery = await deliveryOf(jobId, 'discarded')
    expect(delivery.attempt_count).toBe(1)
    expect(delivery.next_attempt_at).toBeNull()
  })

  test('after a new secret the old one goes on signing webhook-signature for 24 h, then no longer', async () => {
    await setWebhook()
    const next = 'another-secret-of-mine'
    await setWebhook({ secret: next })
    await dispatch('one')
    const during = await receiver.request(1)
    expect(headerOf(during, 'X-Signature')).toBe(createHmac('sha256', next).update(during.body).digest('hex'))
    expect(headerOf(during, 'webhook-signature')?.split(' ')).toHaveLength(2)
    new Webhook(SECRET).verify(during.body.toString(), headersOf(during))

    ringback.clock.move(24 * 3_600_000)
    await dispatch('two')
    const after = await receiver.request(2)
    expect(headerOf(after, 'webhook-signature')?.split(' ')).toHaveLength(1)
  })

  test('send test shows the real attempt and keeps to one, also while the webhook is off', async () => {
    await setWebhook({ enabled: false })
    receiver.answerWith((_request, response) => response.writeHead(418).end('teapot'))
    const answer = await ringback.call('POST', '/api/v1/webhooks/default/test')
    expect(answer.status).toBe(200)
    expect(answer.json.delivery).toMatchObject({ status: 'failed', trigger: 'test', attempt_count: 1 })
    expect(answer.json.delivery.attempts[0]?.response).toMatchObject({ status: 418, body: 'teapot' })
  })

  test('a stop lets the attempt that is under way end and records it', async () => {
    let answerNow = () => {}
    receiver.answerWith((_request, response) => {
      answerNow = () => response.end('late')
    })
    await setWebhook()
    const jobId = await dispatch('nothing here')
    await receiver.request(1)
    const stopped = ringback.stop()
    answerNow()
    await stopped
    await ringback.start()
    expect(await deliveryOf(jobId, 'delivered')).toMatchObject({ attempt_count: 1 })
  })
})
