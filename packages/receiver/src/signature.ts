import { WebhookVerificationError } from './errors.ts'

const STANDARD_PREFIX = 'whsec_'

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
  if (!secret.startsWith(STANDARD_PREFIX)) return encoder.encode(secret)
  const base64 = secret.slice(STANDARD_PREFIX.length)
  try {
    const key = atob(base64)
    if (key !== '' && btoa(key) === base64) return Uint8Array.from(key, (character) => character.charCodeAt(0))
  } catch {
    // Not base64 at all: the same answer.
  }
  throw new WebhookVerificationError(
    'secret.malformed',
    `A secret begins with ${STANDARD_PREFIX}, but the rest is not base64 with padding. Copy it again, whole.`,
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
