import { createHmac, timingSafeEqual } from 'node:crypto'
import type { SignatureVerdict } from '@ringback/contract'
import type { HeaderList } from '../../store/deliveries.ts'

/*
 * What a receiver does, written as one would write it: node:crypto alone and nothing of the signer, so that a verdict
 * says more than that the signer agrees with itself.
 */

/** What receivers allow between the time in the request and their own (Standard Webhooks 1.0). */
const TOLERANCE_SECONDS = 5 * 60

export interface ReceivedRequest {
  readonly headers: HeaderList
  readonly body: Buffer
}

/** `X-Signature`: the HMAC-SHA256 of the body in lower-case hex, keyed with the text of the secret. */
export function verifyXSignature(request: ReceivedRequest, secret: string): SignatureVerdict {
  const given = header(request, 'x-signature')
  if (given === null) return 'missing'
  return isSame(given, createHmac('sha256', secret).update(request.body).digest('hex')) ? 'verified' : 'wrong'
}

/**
 * `webhook-signature` of Standard Webhooks 1.0: binds the id and the time, which must be near `nowMs`. One good signature
 * among several is enough: two secrets sign while one replaces the other.
 */
export function verifyWebhookSignature(request: ReceivedRequest, secret: string, nowMs: number): SignatureVerdict {
  const [given, id, timestamp] = ['webhook-signature', 'webhook-id', 'webhook-timestamp'].map((name) =>
    header(request, name),
  )
  if (!given || !id || !timestamp) return 'missing'
  if (!(Math.abs(nowMs / 1_000 - Number(timestamp)) <= TOLERANCE_SECONDS)) return 'wrong'
  const [, standardKey] = /^whsec_(.+)$/.exec(secret) ?? []
  const key = standardKey === undefined ? Buffer.from(secret, 'utf8') : Buffer.from(standardKey, 'base64')
  const expected = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(request.body).digest('base64')}`
  return given.split(' ').some((signature) => isSame(signature, expected)) ? 'verified' : 'wrong'
}

function header({ headers }: ReceivedRequest, name: string): string | null {
  return headers.find(([found]) => found.toLowerCase() === name)?.[1] ?? null
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
