import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { createSqliteDatabase } from '../../server/test/harness/ringback.ts'
import { until } from '../../server/test/harness/until.ts'
import { useRingback } from '../../server/test/harness/use-ringback.ts'
import { createReceiver, type ReceiverLine, type ReceiverOptions, type WebhookReceiver } from '../src/index.ts'
import { nodeHandler } from '../src/node.ts'
import { SECRET } from './signed.ts'

// A real server of Ringback on one side, the receiver behind node:http on the other.

const closings: (() => Promise<unknown>)[] = []
// Registered first and so done last: they wait for the connections of the server.
afterEach(async () => {
  for (const close of closings.splice(0)) await close()
})
const ringback = useRingback(createSqliteDatabase)

/** A receiver that is the account's webhook now. */
async function receive(change: Partial<ReceiverOptions> = {}) {
  const lines: ReceiverLine[] = []
  const onEvent = vi.fn(change.onEvent ?? (() => {}))
  const options: ReceiverOptions = {
    secret: SECRET,
    log: (line) => lines.push(line),
    onError: () => {},
    // The server's clock is one that tests move.
    now: () => ringback.clock.now(),
    ...change,
    onEvent,
  }
  const receiver = createReceiver(options)
  let handle = nodeHandler(receiver)
  const server = createServer((message, response) => handle(message, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closings.push(() => new Promise((resolve) => server.close(resolve)))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`
  const form = { enabled: true, url, secret: SECRET, include_result: true }
  expect((await ringback.call('PATCH', '/api/v1/webhooks/default', form)).status).toBe(200)
  const replaceBy = (other: WebhookReceiver) => {
    handle = nodeHandler(other)
  }
  return { receiver, options, onEvent, lines, replaceBy }
}

async function dispatch(): Promise<string> {
  const { json } = await ringback.call('POST', '/api/v1/content/detect_emails', { content: 'to anna@example.com' })
  return json.job_id
}

/** The job's delivery, with its attempts, as soon as it has as many as told. */
async function deliveryOf(jobId: string, attempts = 1) {
  return await until(`${attempts} attempts to tell of ${jobId}`, async () => {
    const { json } = await ringback.call('GET', `/api/v1/deliveries?job_id=${jobId}`)
    const [row] = json.data
    const found = row && (await ringback.call('GET', `/api/v1/deliveries/${row.id}`)).json
    return found?.attempts.length >= attempts ? found : null
  })
}

test('a job’s webhook is handled once, though the delivery is sent twice', async () => {
  const { receiver, onEvent, lines } = await receive()
  const jobId = await dispatch()
  const delivery = await deliveryOf(jobId)
  expect(delivery).toMatchObject({ status: 'delivered', attempts: [{ response: { status: 200, body: 'ok' } }] })

  expect((await ringback.call('POST', `/api/v1/deliveries/${delivery.id}/resend`)).status).toBe(202)
  const again = await deliveryOf(jobId, 2)
  expect(again.attempts.map((attempt: { response: { body: string } }) => attempt.response.body).sort()).toEqual([
    'duplicate',
    'ok',
  ])
  await receiver.drain()
  const event = { id: jobId, status: 'success', type: 'content_detect_emails', result: ['anna@example.com'] }
  expect(onEvent.mock.calls).toEqual([[event, { deliveryId: delivery.id }]])
  expect(lines.map(({ outcome }) => outcome).sort()).toEqual(['accepted', 'duplicate', 'handled'])
})

test('while a secret is rotated, a receiver accepts with the old one alone, and with the new one alone', async () => {
  const old = await receive()
  const rotated = await ringback.call('POST', '/api/v1/webhooks/default/rotate-secret')
  expect(rotated.status).toBe(200)
  expect(await deliveryOf(await dispatch())).toMatchObject({ status: 'delivered' })
  expect(old.onEvent).toHaveBeenCalledOnce()

  const renewed = createReceiver({ ...old.options, secret: rotated.json.secret })
  old.replaceBy(renewed)
  expect(await deliveryOf(await dispatch())).toMatchObject({ status: 'delivered' })
  expect(old.onEvent).toHaveBeenCalledTimes(2)
})

test('X-Signature has the new secret at once, and a receiver with both accepts', async () => {
  const { onEvent, options, replaceBy } = await receive({ scheme: 'x-signature' })
  const secret = 'correct horse battery staple'
  await ringback.call('POST', '/api/v1/webhooks/default/rotate-secret', { secret })
  replaceBy(createReceiver({ ...options, secret: [secret, SECRET] }))
  expect(await deliveryOf(await dispatch())).toMatchObject({ status: 'delivered' })
  expect(onEvent).toHaveBeenCalledOnce()
})

test('a wrong secret is refused, and the record of the attempt says why', async () => {
  const { receiver, onEvent, lines } = await receive({ secret: `whsec_${btoa('another secret of 32 characters.')}` })
  const delivery = await deliveryOf(await dispatch())
  expect(delivery).toMatchObject({
    status: 'waiting',
    attempts: [{ response: { status: 401, body: 'signature.mismatch' } }],
  })
  expect(lines).toMatchObject([{ outcome: 'refused', code: 'signature.mismatch' }])
  await receiver.drain()
  expect(onEvent).not.toHaveBeenCalled()
})

test('with answer: after-handler, a handler that fails is tried again by the server', async () => {
  const onEvent = vi.fn().mockRejectedValueOnce(new Error('no database'))
  const watched = await receive({ answer: 'after-handler', onEvent })
  const jobId = await dispatch()
  const failed = { response: { status: 500, body: 'failed' } }
  expect(await deliveryOf(jobId)).toMatchObject({ status: 'waiting', attempts: [failed] })
  // The first retry of the schedule is after 10 s, with at most a fifth more.
  ringback.clock.move(12_000)
  expect(await deliveryOf(jobId, 2)).toMatchObject({ status: 'delivered' })
  expect(watched.lines.map(({ outcome }) => outcome)).toEqual(['accepted', 'failed', 'accepted', 'handled'])
})
