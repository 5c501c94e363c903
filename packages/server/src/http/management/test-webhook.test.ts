import { webhookTestSchema } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import type { TestHttp } from '../test-http.ts'

const URL = '/api/v1/webhooks/default/test'

const http = useTestHttp('test')

async function setUp() {
  const form = { url: 'https://receiver.example/hook', secret: 'chosen secret' }
  expect((await http.call('PATCH', '/api/v1/webhooks/default', { body: form })).status).toBe(200)
}

/** Waits until the route waits for a courier, then plays one. */
async function attemptMeanwhile(attempt?: Parameters<TestHttp['attemptDelivery']>[0]) {
  await expect.poll(() => http.clock.timerCount).toBeGreaterThan(0)
  await http.attemptDelivery(attempt)
  http.clock.move(50)
}

describe('POST /api/v1/webhooks/<id>/test', () => {
  test('answers with the delivery and its attempt once that is on record, though the webhook is off', async () => {
    await setUp()
    const [answer] = await Promise.all([http.call('POST', URL), attemptMeanwhile()])
    expect(answer.status).toBe(200)
    const { outcome, message, delivery } = webhookTestSchema.parse(answer.json)
    expect(outcome).toBe('delivered')
    expect(message).toBe('The receiver answered 200 in 34 ms.')
    expect(delivery).toMatchObject({ trigger: 'test', status: 'delivered', attempt_count: 1, job_id: null })
    expect(delivery.attempts[0]).toMatchObject({ number: 1, response: { status: 200, body: 'thanks' } })
    expect(JSON.parse(delivery.body ?? '')).toHaveProperty('id')
  })

  test('a failed attempt is an answer too, with its cause', async () => {
    await setUp()
    const attempt = { cause: 'status', message: 'The receiver answered 500.', responseStatus: 500 } as const
    const [answer] = await Promise.all([http.call('POST', URL), attemptMeanwhile(attempt)])
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({
      outcome: 'failed',
      message: 'The receiver answered 500.',
      delivery: { status: 'failed', attempts: [{ cause: 'status', response: { status: 500 } }] },
    })
  })

  test('says clearly when no courier took it within the deadline of an attempt and two seconds', async () => {
    await setUp()
    const waiting = http.call('POST', URL)
    await expect.poll(() => http.clock.timerCount).toBeGreaterThan(0)
    http.clock.move(12_000)
    const answer = await waiting
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({
      outcome: 'no_attempt',
      message: expect.stringContaining('No courier made an attempt within 12 s'),
      delivery: { status: 'waiting', attempts: [] },
    })
  })

  test('without a URL or a secret there is nothing to test, and the answer says what is missing', async () => {
    expect((await http.call('POST', URL)).json).toMatchObject({ status: 422, code: 'webhook.url_missing' })
    await http.call('PATCH', '/api/v1/webhooks/default', { body: { url: 'https://receiver.example/' } })
    expect((await http.call('POST', URL)).json).toMatchObject({ status: 422, code: 'webhook.secret_missing' })
  })

  test('an unknown webhook is a 404', async () => {
    const answer = await http.call('POST', '/api/v1/webhooks/unheard-of/test')
    expect(answer.json).toMatchObject({ status: 404, code: 'webhook.not_found' })
  })
})
