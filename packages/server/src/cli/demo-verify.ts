import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ReceivedWebhook } from './demo-receiver.ts'

/*
 * What a receiver does, written as a receiver would write it: node:crypto alone, and nothing of the server's signer, so
 * that the demo proves more than that the server agrees with itself.
 */

/** Whether `X-Signature` is the HMAC-SHA256 of the body in lower-case hex, keyed with the secret's text. */
export function verifyXSignature(webhook: ReceivedWebhook, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(webhook.body).digest('hex')
  return isSame(header(webhook, 'x-signature'), expected)
}

/** Whether one of the signatures in `webhook-signature` is right, by the Standard Webhooks specification 1.0. */
export function verifyStandardWebhook(webhook: ReceivedWebhook, secret: string): boolean {
  const signed = [header(webhook, 'webhook-id'), header(webhook, 'webhook-timestamp'), webhook.body].join('.')
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  return header(webhook, 'webhook-signature')
    .split(' ')
    .some((signature) => isSame(signature, expected))
}

function header(webhook: ReceivedWebhook, name: string): string {
  return webhook.headers.find(([found]) => found.toLowerCase() === name)?.[1] ?? ''
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
