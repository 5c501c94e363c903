import { WebhookVerificationError } from './errors.ts'

const STANDARD_PREFIX = 'whsec_'
const PUBLIC_KEY_PREFIX = 'whpk_'

const encoder = new TextEncoder()

export type Bytes = Uint8Array<ArrayBuffer>

/** What a body is before anything has parsed it. */
export type RawBody = string | Uint8Array | ArrayBuffer

/** Whether nothing has parsed it. Not by `instanceof`: test runners have an `ArrayBuffer` of their own. */
export function isRaw(body: unknown): body is RawBody {
  return (
    typeof body === 'string' ||
    ArrayBuffer.isView(body) ||
    Object.prototype.toString.call(body) === '[object ArrayBuffer]'
  )
}

/** The UTF-8 bytes of a text; bytes as they are. */
export function toBytes(body: RawBody): Bytes {
  if (typeof body === 'string') return encoder.encode(body)
  return new Uint8Array(body as ArrayBuffer)
}

/**
 * The key of `webhook-signature`: the decoded part of a `whsec_` secret, else the secret's UTF-8 bytes.
 *
 * @throws WebhookVerificationError `secret.malformed` when what follows `whsec_` is not base64 as an encoder writes it
 */
export function standardKey(secret: string): Bytes {
  return secret.startsWith(STANDARD_PREFIX) ? decoded(secret, STANDARD_PREFIX) : encoder.encode(secret)
}

/** Whether this is a key that everybody may know. Never one for an HMAC: whoever knows it could sign. */
export function isPublicKey(secret: string): boolean {
  return secret.startsWith(PUBLIC_KEY_PREFIX)
}

/**
 * Whether one of the ed25519 signatures (`v1a,…`) fits the public key.
 *
 * @throws WebhookVerificationError `secret.malformed` when what follows `whpk_` is not the base64 of 32 bytes
 */
export async function verifyPublic(publicKey: string, signatures: readonly string[], data: Bytes): Promise<boolean> {
  const key = decoded(publicKey, PUBLIC_KEY_PREFIX)
  if (key.length !== 32) malformed(PUBLIC_KEY_PREFIX)
  const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify'])
  let right = false
  for (const signature of signatures) {
    right = (await crypto.subtle.verify('Ed25519', imported, fromBase64(signature.slice(4)), data)) || right
  }
  return right
}

function decoded(secret: string, prefix: string): Bytes {
  const base64 = secret.slice(prefix.length)
  try {
    const key = fromBase64(base64)
    if (key.length > 0 && toBase64(key) === base64) return key
  } catch {
    // Not base64 at all: the same answer.
  }
  return malformed(prefix)
}

function fromBase64(base64: string): Bytes {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

function malformed(prefix: string): never {
  throw new WebhookVerificationError(
    'secret.malformed',
    `A secret begins with ${prefix}, but the rest is not base64 with padding. Copy it again, whole.`,
  )
}

/** HMAC-SHA256: 32 bytes. */
export async function hmac(key: Bytes, data: Bytes): Promise<Bytes> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, data))
}

/**
 * Whether two texts are the same, in a time that depends only on the length of `given`, which its sender knows anyway:
 * neither on where they begin to differ nor on the length of what was expected.
 */
export function isSame(expected: string, given: string): boolean {
  let difference = expected.length ^ given.length
  for (let index = 0; index < given.length; index += 1) {
    difference |= expected.charCodeAt(index % expected.length) ^ given.charCodeAt(index)
  }
  return difference === 0
}

export function toHex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function toBase64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes))
}
