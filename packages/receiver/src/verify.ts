import { type WebhookVerificationCode, WebhookVerificationError } from './errors.ts'
import type { WebhookEvent } from './events.ts'
import { readHeader, type WebhookHeaders } from './headers.ts'
import { type Now, systemNow } from './lib/clock.ts'
import {
  type Bytes,
  hmac,
  isPublicKey,
  isRaw,
  isSame,
  type RawBody,
  standardKey,
  toBase64,
  toBytes,
  toHex,
  verifyPublic,
} from './signature.ts'

/** How far the clocks of sender and receiver may differ: what the Standard Webhooks libraries allow. */
const TOLERANCE_SECONDS = 300

const X_SIGNATURE = /^[0-9a-f]{64}$/i
const STANDARD_SIGNATURE = /^v1,[A-Za-z0-9+/]{43}=$/
const PUBLIC_SIGNATURE = /^v1a,[A-Za-z0-9+/]{86}==$/

/** Up to the year 33658; more digits are no time. */
const TIMESTAMP = /^[0-9]{1,12}$/

/**
 * Which signature has to be right. `standard`: `webhook-signature`, which also binds the delivery id and the time.
 * `x-signature`: `X-Signature`, which binds the body alone, so a recorded request can be sent again at any time.
 * `either`: the first where it is sent, else the second.
 */
export type SignatureScheme = 'standard' | 'x-signature' | 'either'

/**
 * One secret, or several while it is being rotated; also public keys (`whpk_…`), which verify the asymmetric signature of
 * a webhook that has one. `undefined` (a variable that is not set) is `secret.missing`.
 */
export type Secrets = string | readonly string[] | undefined

export interface VerifyOptions {
  /** `standard` unless told; SharpAPI sends `X-Signature` alone. */
  readonly scheme?: SignatureScheme
  /** Seconds that `webhook-timestamp` may lie in the past or in the future. 300 unless told. */
  readonly tolerance?: number
  /** Unix time in milliseconds; the clock of the machine unless told. */
  readonly now?: Now
}

export interface VerifiedWebhook<Own extends string = never> {
  readonly event: WebhookEvent<Own>
  /**
   * The same for each attempt of a delivery: what duplicates are known by. With `X-Signature` the signature itself, as
   * nothing else is signed there.
   */
  readonly deliveryId: string
}

/**
 * Verifies a webhook and gives its event.
 *
 * @param body exactly what was received: bytes, or the text of it, never an object that a parser made
 * @throws WebhookVerificationError with a `code` that says why not
 */
export async function verify<Own extends string = never>(
  body: RawBody,
  headers: WebhookHeaders,
  secrets: Secrets,
  { scheme = 'standard', tolerance = TOLERANCE_SECONDS, now = systemNow }: VerifyOptions = {},
): Promise<VerifiedWebhook<Own>> {
  if (!isRaw(body)) throw bodyWasParsed()
  const bytes = toBytes(body)
  const list = secretsIn(secrets)

  const signatures = readHeader(headers, 'webhook-signature')
  if (scheme === 'x-signature' || (scheme === 'either' && signatures === null)) {
    const signature = await verifyXSignature(bytes, readHeader(headers, 'x-signature'), list)
    return { event: parseEvent(bytes), deliveryId: signature }
  }
  if (signatures === null) {
    fail(
      'signature.missing',
      readHeader(headers, 'x-signature') === null
        ? 'There is no webhook-signature header.'
        : "There is no webhook-signature header, only X-Signature. Set scheme to 'x-signature' to verify by that alone.",
    )
  }
  const deliveryId = readHeader(headers, 'webhook-id') ?? fail('id.missing', 'There is no webhook-id header.')
  if (!/^[^.]+$/.test(deliveryId)) fail('id.malformed', 'webhook-id is empty or has a full stop.')
  const sentAt =
    readHeader(headers, 'webhook-timestamp') ?? fail('timestamp.missing', 'There is no webhook-timestamp header.')
  if (!TIMESTAMP.test(sentAt)) fail('timestamp.malformed', 'webhook-timestamp is not a number of seconds.')
  await verifyStandard(bytes, { deliveryId, sentAt, signatures }, list)

  // After the signature, so that "too old" is only ever said of what the sender really signed.
  const ageSeconds = Math.floor(now() / 1_000) - Number(sentAt)
  // A tolerance that is no number allows nothing.
  if (!(ageSeconds <= tolerance))
    fail('timestamp.too_old', `It was sent ${ageSeconds} s ago; ${tolerance} s are allowed.`)
  if (ageSeconds < -tolerance) fail('timestamp.too_new', `It was sent ${-ageSeconds} s ahead of this clock.`)
  return { event: parseEvent(bytes), deliveryId }
}

const ADVICE =
  "Put the receiver before body parsers such as express.json(), or parse its route with express.raw({ type: '*/*', limit: '1mb' })."

/** The error for a body that came as an object, or was read by something else. `advice` says what to do about it. */
export function bodyWasParsed(advice = ADVICE): WebhookVerificationError {
  return new WebhookVerificationError(
    'body.parsed',
    `Something parsed or read the body before it was verified, and signatures are over the exact bytes. ${advice}`,
  )
}

/**
 * The secrets as a list.
 *
 * @throws WebhookVerificationError `secret.missing` when there is none or an empty one
 */
export function secretsIn(secrets: Secrets): readonly string[] {
  const list = typeof secrets === 'string' ? [secrets] : (secrets ?? [])
  if (list.length === 0 || list.some((secret) => !secret)) {
    fail('secret.missing', 'There is no secret, or an empty one. Is the variable set that it comes from?')
  }
  return list
}

async function verifyXSignature(body: Bytes, given: string | null, secrets: readonly string[]): Promise<string> {
  if (given === null) fail('signature.missing', 'There is no X-Signature header.')
  if (!X_SIGNATURE.test(given)) fail('signature.malformed', 'X-Signature is not 64 hexadecimal characters.')
  const signature = given.toLowerCase()
  const shared = secrets.filter((secret) => !isPublicKey(secret))
  if (shared.length === 0) fail('secret.missing', 'A public key does not verify X-Signature: it takes the secret.')
  let right = false
  for (const secret of shared) right = isSame(toHex(await hmac(toBytes(secret), body)), signature) || right
  if (!right) mismatch()
  return signature
}

async function verifyStandard(
  body: Bytes,
  sent: { readonly deliveryId: string; readonly sentAt: string; readonly signatures: string },
  secrets: readonly string[],
): Promise<void> {
  const all = sent.signatures.split(' ')
  const signatures = all.filter((signature) => STANDARD_SIGNATURE.test(signature))
  const publicSignatures = all.filter((signature) => PUBLIC_SIGNATURE.test(signature))
  const keys = secrets.filter((secret) => !isPublicKey(secret)).map(standardKey)
  if (signatures.length + publicSignatures.length === 0)
    fail('signature.malformed', 'webhook-signature has no signature of version 1.')
  const prefix = toBytes(`${sent.deliveryId}.${sent.sentAt}.`)
  const signed = new Uint8Array(prefix.length + body.length)
  signed.set(prefix)
  signed.set(body, prefix.length)
  let right = false
  for (const key of keys) {
    const expected = `v1,${toBase64(await hmac(key, signed))}`
    for (const signature of signatures) right = isSame(expected, signature) || right
  }
  for (const secret of secrets) {
    if (isPublicKey(secret)) right = (await verifyPublic(secret, publicSignatures, signed)) || right
  }
  if (!right) mismatch()
}

function parseEvent<Own extends string>(body: Bytes): WebhookEvent<Own> {
  let event: unknown
  try {
    event = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body))
  } catch {
    // Neither UTF-8 nor JSON: no object.
  }
  if (typeof (event as { type?: unknown } | null | undefined)?.type !== 'string') {
    fail('body.malformed', 'The body is not a JSON object with a type, though it is signed with your secret.')
  }
  return event as WebhookEvent<Own>
}

function mismatch(): never {
  fail('signature.mismatch', 'No signature fits: another secret, or a body that was changed on the way.')
}

function fail(code: WebhookVerificationCode, message: string): never {
  throw new WebhookVerificationError(code, message)
}
