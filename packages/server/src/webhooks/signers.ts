import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** What a webhook signs with. */
export interface Signers {
  readonly secret: string
  /** An ed25519 key as `whsk_…`; null when the webhook signs by its secret alone, which is the default. */
  readonly signingKey: string | null
}

/** How Standard Webhooks 1.0 marks the private and the public half of a key. */
export const SIGNING_KEY_PREFIX = 'whsk_'
export const PUBLIC_KEY_PREFIX = 'whpk_'

/** Sizes of an ed25519 seed, public key and signature (RFC 8032 section 5.1). */
const SEED_BYTES = 32

/** Stands between secret and key in what is sealed. No secret has one: control characters are refused. */
const SEPARATOR = '\n'

/**
 * What is sealed for a webhook: its secret, and its signing key after a line feed. Both in one text, so that they have one
 * rotation, one previous pair, and cost a delivery that has no key nothing (ADR 0036).
 */
export function writeSigners({ secret, signingKey }: Signers): string {
  return signingKey === null ? secret : secret + SEPARATOR + signingKey
}

/** Reads what {@link writeSigners} wrote. */
export function readSigners(text: string): Signers {
  const end = text.indexOf(SEPARATOR)
  return end === -1
    ? { secret: text, signingKey: null }
    : { secret: text.slice(0, end), signingKey: text.slice(end + 1) }
}

/** A new key: `whsk_` and the base64 of seed and public key, 64 bytes, as libsodium and the Svix server write it. */
export function generateSigningKey(): string {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const bytes = Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')])
  return SIGNING_KEY_PREFIX + bytes.toString('base64')
}

/** The half that receivers verify with: `whpk_` and the base64 of its 32 bytes. */
export function publicKeyOf(signingKey: string): string {
  return PUBLIC_KEY_PREFIX + bytesOf(signingKey).subarray(SEED_BYTES).toString('base64')
}

/** Makes a key ready to sign. Takes longer than the signature: keep it. */
export function readSigningKey(signingKey: string): KeyObject {
  const bytes = bytesOf(signingKey)
  const d = bytes.subarray(0, SEED_BYTES).toString('base64url')
  const x = bytes.subarray(SEED_BYTES).toString('base64url')
  return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' })
}

/** One entry of `webhook-signature`: `v1a,` and the base64 of the ed25519 signature. */
export function asymmetricSignature(key: KeyObject, signed: Buffer): string {
  return `v1a,${sign(null, signed, key).toString('base64')}`
}

function bytesOf(signingKey: string): Buffer {
  return Buffer.from(signingKey.slice(SIGNING_KEY_PREFIX.length), 'base64')
}
