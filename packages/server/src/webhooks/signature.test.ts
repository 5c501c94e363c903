import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { generateSecret, standardWebhooksKey } from './secrets.ts'
import { signWebhook } from './signature.ts'

const BODY = '{"id":"1","status":"success","type":"content_translate","result":"größer 😀"}'
const ATTEMPT = { body: BODY, deliveryId: '01980000-0000-7000-8000-000000000000', timestampSeconds: 1_700_000_000 }

function standardSignature(secret: string, body: string | Buffer = BODY): string {
  const hmac = createHmac('sha256', standardWebhooksKey(secret))
  return `v1,${hmac.update(`${ATTEMPT.deliveryId}.${ATTEMPT.timestampSeconds}.`).update(body).digest('base64')}`
}

test("X-Signature is 64 lower-case hex characters of HMAC-SHA256 over the body bytes with the secret's UTF-8 bytes", () => {
  const headers = signWebhook({ ...ATTEMPT, secret: 'schlüssel' })
  expect(headers['X-Signature']).toMatch(/^[0-9a-f]{64}$/)
  expect(headers['X-Signature']).toBe(
    createHmac('sha256', Buffer.from('schlüssel', 'utf8')).update(Buffer.from(BODY, 'utf8')).digest('hex'),
  )
})

test('a whsec_ secret signs X-Signature as the text it is, prefix and all', () => {
  const secret = generateSecret()
  const { 'X-Signature': signature } = signWebhook({ ...ATTEMPT, secret })
  expect(signature).toBe(createHmac('sha256', secret).update(BODY).digest('hex'))
})

test('id and time are told in the headers that are signed with them', () => {
  expect(signWebhook({ ...ATTEMPT, secret: 'a secret' })).toMatchObject({
    'webhook-id': ATTEMPT.deliveryId,
    'webhook-timestamp': '1700000000',
    'webhook-signature': standardSignature('a secret'),
  })
})

test('while two secrets are valid both sign webhook-signature, the present one first, and X-Signature uses the present', () => {
  const [present, previous] = [generateSecret(), 'the old secret']
  const headers = signWebhook({ ...ATTEMPT, secret: present, previousSecret: previous })
  expect(headers['webhook-signature']).toBe(`${standardSignature(present)} ${standardSignature(previous)}`)
  expect(headers['X-Signature']).toBe(createHmac('sha256', present).update(BODY).digest('hex'))
})

test('a string and its UTF-8 bytes have the same signatures; any bytes can be signed', () => {
  const secret = generateSecret()
  expect(signWebhook({ ...ATTEMPT, body: Buffer.from(BODY), secret })).toEqual(signWebhook({ ...ATTEMPT, secret }))
  const bytes = Buffer.from([0xff, 0x00, 0xc3])
  expect(signWebhook({ ...ATTEMPT, body: bytes, secret })['webhook-signature']).toBe(standardSignature(secret, bytes))
})
