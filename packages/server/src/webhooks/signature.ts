import type { KeyObject } from 'node:crypto'
import { createBoundedCache } from './bounded-cache.ts'
import { type HmacKey, hmacSha256, toHmacKey } from './hmac.ts'
import { standardWebhooksKey } from './secrets.ts'
import { asymmetricSignature, readSigningKey } from './signers.ts'

export interface SignatureInput {
  /** Exactly what is sent; a string stands for its UTF-8 bytes. */
  readonly body: string | Uint8Array
  /** Must not contain a full stop: it divides what is signed. */
  readonly deliveryId: string
  /** Unix seconds of this attempt. */
  readonly timestampSeconds: number
  readonly secret: string
  /** Signs `webhook-signature` too, after the present one. */
  readonly previousSecret?: string | null
  /** Ed25519 keys as `whsk_…` that sign `webhook-signature` too, after the secrets; most webhooks have none. */
  readonly signingKeys?: readonly string[]
}

/** The headers of design 3.1 that receivers verify with. */
export interface SignatureHeaders {
  readonly 'X-Signature': string
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

const NO_KEYS: readonly string[] = []

/** Keys kept ready: two for each of 5,000 secrets. */
const SECRETS_MAX = 5_000

/** A secret as the two keys that it is. */
interface SigningKeys {
  readonly plain: HmacKey
  readonly standard: HmacKey
}

const keysBySecret = createBoundedCache<string, SigningKeys>(SECRETS_MAX)

const keyObjects = createBoundedCache<string, KeyObject>(SECRETS_MAX)

/**
 * Signs an attempt twice: SharpAPI's `X-Signature`, which is the lower-case hex of HMAC-SHA256 over the body alone, and
 * the headers of Standard Webhooks 1.0, which also bind id and time: one entry for each secret (`v1`) and key (`v1a`).
 * `X-Signature` can carry one signature and is always made with the present secret.
 */
export function signWebhook(input: SignatureInput): SignatureHeaders {
  const { deliveryId, timestampSeconds, secret, previousSecret, signingKeys = NO_KEYS } = input
  const body = typeof input.body === 'string' ? Buffer.from(input.body) : input.body
  const keys = keysOf(secret)
  const signedPrefix = `${deliveryId}.${timestampSeconds}.`
  const signatures = [standardSignature(keys, signedPrefix, body)]
  if (previousSecret !== null && previousSecret !== undefined) {
    signatures.push(standardSignature(keysOf(previousSecret), signedPrefix, body))
  }
  if (signingKeys.length > 0) {
    // Ed25519 takes its text in one piece.
    const signed = Buffer.concat([Buffer.from(signedPrefix), body])
    for (const key of signingKeys) signatures.push(asymmetricSignature(keyObjectOf(key), signed))
  }
  return {
    'X-Signature': hmacSha256(keys.plain, '', body, 'hex'),
    'webhook-id': deliveryId,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  }
}

function standardSignature(keys: SigningKeys, signedPrefix: string, body: Uint8Array): string {
  // Joined: a sum is kept as a tree of its parts, and in JSON.stringify of the recorded headers takes twice as long (1.2
  // and 0.7 µs).
  return ['v1', hmacSha256(keys.standard, signedPrefix, body, 'base64')].join(',')
}

function keysOf(secret: string): SigningKeys {
  const known = keysBySecret.get(secret)
  if (known) return known
  const keys = {
    plain: toHmacKey(Buffer.from(secret, 'utf8')),
    standard: toHmacKey(standardWebhooksKey(secret)),
  }
  keysBySecret.set(secret, keys)
  return keys
}

function keyObjectOf(signingKey: string): KeyObject {
  const known = keyObjects.get(signingKey)
  if (known) return known
  const key = readSigningKey(signingKey)
  keyObjects.set(signingKey, key)
  return key
}
