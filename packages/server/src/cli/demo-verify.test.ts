import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { verifyStandardWebhook, verifyXSignature } from './demo-verify.ts'

const secret = `whsec_${Buffer.from('a secret of 32 bytes, no more...').toString('base64')}`
const body = '{"id":"1","status":"success","type":"content_detect_phones","result":["ü"]}'

function signedWebhook(signedBody: string) {
  const at = new Date(systemClock.now())
  const headers = [
    ['webhook-id', 'msg_1'],
    ['webhook-timestamp', String(Math.floor(at.getTime() / 1_000))],
    ['webhook-signature', `v1,other ${new Webhook(secret).sign('msg_1', at, signedBody)}`],
    ['X-Signature', '5f0c86d7cd2d0a4d0c4a0f8d1a7d21a0'],
  ] as const
  return { path: '/', headers, body }
}

test('a signature made by the published library is right, and any other body makes it wrong', () => {
  expect(verifyStandardWebhook(signedWebhook(body), secret)).toBe(true)
  expect(verifyStandardWebhook(signedWebhook(`${body} `), secret)).toBe(false)
  expect(verifyStandardWebhook(signedWebhook(body), `whsec_${Buffer.from('another').toString('base64')}`)).toBe(false)
})

test('a webhook with another or no X-Signature is refused', () => {
  expect(verifyXSignature(signedWebhook(body), secret)).toBe(false)
  expect(verifyXSignature({ path: '/', headers: [], body }, secret)).toBe(false)
})
