import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../lib/clock.ts'
import { generateSecret } from '../../webhooks/secrets.ts'
import { signWebhook } from '../../webhooks/signature.ts'
import { type InboxReceiver, startInboxReceiver } from './receiver.ts'

const SECRET = generateSecret()
const BODY = '{"id":"1","status":"success","type":"content_translate"}'

let receiver: InboxReceiver
let path: string
beforeAll(async () => {
  receiver = await startInboxReceiver(systemClock)
  path = receiver.expect({ secret: SECRET, owner: 'default' }).path
})
afterAll(() => receiver.close())

const sign = (secret: string, timestampSeconds = Math.floor(systemClock.now() / 1_000)) =>
  signWebhook({ body: BODY, deliveryId: 'd-1', timestampSeconds, secret })

async function send(
  headers: Record<string, string>,
  { body = BODY, to = path, method = 'POST' as 'POST' | 'GET' } = {},
) {
  const response = await request(`http://127.0.0.1:${receiver.port}${to}`, {
    method,
    headers,
    ...(method === 'POST' && { body }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: the test reads answers of several shapes
  return { status: response.statusCode, json: (await response.body.json()) as any }
}

describe('the receiver of the inbox', () => {
  test('answers what it saw: headers in order, the hash of the bytes, and that both signatures are right', async () => {
    const { status, json } = await send({ ...sign(SECRET) })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      body_bytes: BODY.length,
      body_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      x_signature: 'verified',
      webhook_signature: 'verified',
      secret: 'default',
    })
    expect(json.headers.map(([name]: [string]) => name)).toEqual(expect.arrayContaining(['X-Signature', 'webhook-id']))
  })

  test('verifies a secret that is plain text too', async () => {
    const plain = 'schlüssel-鍵-of-mine'
    const opened = receiver.expect({ secret: plain, owner: 'default' })
    const { status } = await send({ ...sign(plain) }, { to: opened.path })
    expect(status).toBe(200)
  })

  test.each<[string, Record<string, string>, object]>([
    ['another secret', { ...sign(generateSecret()) }, { x_signature: 'wrong', webhook_signature: 'wrong' }],
    ['no signature', {}, { x_signature: 'missing', webhook_signature: 'missing' }],
    ['another id', { ...sign(SECRET), 'webhook-id': 'd-2' }, { x_signature: 'verified', webhook_signature: 'wrong' }],
    ['an old time', { ...sign(SECRET, 1_700_000_000) }, { x_signature: 'verified', webhook_signature: 'wrong' }],
    [
      'a cut signature',
      { ...sign(SECRET), 'X-Signature': 'ab' },
      { x_signature: 'wrong', webhook_signature: 'verified' },
    ],
  ])('%s is answered 401 with what is wrong', async (_name, headers, verdict) => {
    const { status, json } = await send(headers)
    expect(status).toBe(401)
    expect(json).toMatchObject(verdict)
  })

  test('a changed body is answered 401', async () => {
    const { status, json } = await send({ ...sign(SECRET) }, { body: `${BODY} ` })
    expect(status).toBe(401)
    expect(json).toMatchObject({ x_signature: 'wrong', webhook_signature: 'wrong' })
  })

  test('a path that was not opened, or is closed again, is a 404, and so is another method', async () => {
    const { path: closed, close } = receiver.expect({ secret: SECRET, owner: 'default' })
    close()
    for (const to of ['/', '/inbox', closed]) expect((await send({ ...sign(SECRET) }, { to })).status).toBe(404)
    expect((await send({}, { method: 'GET' })).status).toBe(404)
  })

  test('a body over 1 MiB is a 413', async () => {
    expect((await send({ ...sign(SECRET) }, { body: 'x'.repeat(1024 * 1024 + 1) })).status).toBe(413)
  })
})
