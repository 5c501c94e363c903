import { createPublicKey, verify as verifySignature } from 'node:crypto'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { beforeAll, expect, test } from 'vitest'
import { verify, WebhookVerificationError } from '../../receiver/src/index.ts'
import { headerOf, headersOf, type ReceivedRequest } from './harness/receiver.ts'
import { createSqliteDatabase } from './harness/ringback.ts'
import { until } from './harness/until.ts'
import { useReceiver } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

// What a webhook with an asymmetric signature really sends, verified by code that is not ours.

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
/** What stands before an ed25519 public key in DER (RFC 8410 section 10.1). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

const ringback = useRingback(createSqliteDatabase, {}, 'suite')
const receiver = useReceiver('suite')
beforeAll(() => change({ enabled: true, url: receiver.url, secret: SECRET, include_result: true }))

const change = async (form: unknown) => (await ringback.call('PATCH', '/api/v1/webhooks/default', form)).json

let dispatched = 0
async function nextWebhook(): Promise<ReceivedRequest> {
  dispatched += 1
  await ringback.call('POST', '/api/v1/content/detect_emails', { content: 'größer: anna@example.com' })
  return await receiver.request(dispatched)
}

const entriesOf = (request: ReceivedRequest) => headerOf(request, 'webhook-signature')?.split(' ') ?? []

/** Whether OpenSSL finds a signature of this key among the entries. */
function isSignedBy(request: ReceivedRequest, publicKey: string): boolean {
  const der = Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey.slice('whpk_'.length), 'base64')])
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  const prefix = `${headerOf(request, 'webhook-id')}.${headerOf(request, 'webhook-timestamp')}.`
  const signed = Buffer.concat([Buffer.from(prefix), request.body])
  return entriesOf(request)
    .filter((entry) => entry.startsWith('v1a,'))
    .some((entry) => verifySignature(null, signed, key, Buffer.from(entry.slice(4), 'base64')))
}

const versions = (request: ReceivedRequest) => entriesOf(request).map((entry) => entry.split(',')[0])

function judge(request: ReceivedRequest, secrets: string | readonly string[], scheme?: 'x-signature') {
  return verify(request.body, headersOf(request), secrets, {
    now: () => ringback.clock.now(),
    ...(scheme && { scheme }),
  }).then(
    () => 'ok',
    (error: unknown) => (error instanceof WebhookVerificationError ? error.code : error),
  )
}

test('symmetric and asymmetric signatures stand in one header, and each is verified by those who know its key', async () => {
  expect(versions(await nextWebhook())).toEqual(['v1'])

  const { public_key: key } = await change({ asymmetric_signature: true })
  const request = await nextWebhook()
  expect(versions(request)).toEqual(['v1', 'v1a'])
  expect(isSignedBy(request, key)).toBe(true)
  const body = request.body.toString('utf8')
  const result = JSON.parse(body)
  expect(new StandardWebhook(SECRET).verify(body, headersOf(request))).toEqual(result)
  expect(() => new SvixWebhook(SECRET).verify(body, headersOf(request))).not.toThrow()

  expect(await judge(request, key)).toBe('ok')
  expect(await judge(request, SECRET)).toBe('ok')
  expect(await judge({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) }, key)).toBe(
    'signature.mismatch',
  )
  const another = `whpk_${Buffer.alloc(32, 7).toString('base64')}`
  expect(await judge(request, [another, key])).toBe('ok')
})

test('while a key is rotated both sign; after that the new one alone', async () => {
  const { public_key: first } = await change({ asymmetric_signature: true })
  const { json } = await ringback.call('POST', '/api/v1/webhooks/default/rotate-key', { grace: '1h' })
  expect(json.previous_public_key).toBe(first)
  const during = await nextWebhook()
  expect(versions(during)).toEqual(['v1', 'v1a', 'v1a'])
  expect([isSignedBy(during, first), isSignedBy(during, json.public_key)]).toEqual([true, true])
  expect([await judge(during, first), await judge(during, json.public_key)]).toEqual(['ok', 'ok'])

  // An attempt that is not on record yet would be over its deadline, and come again.
  await until('all attempts are on record', async () => {
    const { json } = await ringback.call('GET', '/api/v1/deliveries?status=delivered&limit=100')
    return json.data.length === dispatched ? true : null
  })
  ringback.clock.move(3_600_000)
  const after = await nextWebhook()
  expect(versions(after)).toEqual(['v1', 'v1a'])
  expect([isSignedBy(after, first), isSignedBy(after, json.public_key)]).toEqual([false, true])
  expect(await judge(after, first)).toBe('signature.mismatch')
})

test('a public key is never taken as the secret of an HMAC: everybody may know it', async () => {
  const { public_key: key } = await change({ asymmetric_signature: true })
  const request = await nextWebhook()
  const forged = new StandardWebhook(key, { format: 'raw' }).sign(
    String(headerOf(request, 'webhook-id')),
    new Date(Number(headerOf(request, 'webhook-timestamp')) * 1_000),
    request.body.toString('utf8'),
  )
  const headers = request.headers.map(([name, value]): [string, string] => [
    name,
    name.toLowerCase() === 'webhook-signature' ? forged : value,
  ])
  expect(await judge({ ...request, headers }, key)).toBe('signature.mismatch')
  expect(await judge(request, key, 'x-signature')).toBe('secret.missing')
  expect(await judge(request, 'whpk_short')).toBe('secret.malformed')
})
