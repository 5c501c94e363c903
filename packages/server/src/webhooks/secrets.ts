import { randomBytes } from 'node:crypto'
import { SECRET_LENGTH_MAX, SECRET_LENGTH_MIN } from '@ringback/contract'
import type { FieldProblem } from '../lib/errors.ts'
import { PUBLIC_KEY_PREFIX, SIGNING_KEY_PREFIX } from './signers.ts'

/** Marks a secret whose key is the base64 behind it (Standard Webhooks 1.0). */
const STANDARD_PREFIX = 'whsec_'

/** Key lengths that Standard Webhooks allows. */
const STANDARD_KEY_BYTES_MIN = 24
const STANDARD_KEY_BYTES_MAX = 64

/** As long as the hash's output: more does not make HMAC-SHA256 stronger. */
const GENERATED_KEY_BYTES = 32

/**
 * What cannot be seen or told apart when a secret is copied by people: control and format characters, halves of
 * characters, line breaks, and every space except the ordinary one.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u

/**
 * Checks a secret that somebody chose. Problems are for a caller and never repeat the secret; lengths count characters,
 * not bytes.
 */
export function parseSecret(
  text: string,
  field = 'secret',
): { readonly secret: string } | { readonly problems: readonly FieldProblem[] } {
  const messages: string[] = []
  const length = [...text].length
  if (length < SECRET_LENGTH_MIN) messages.push(`must have at least ${SECRET_LENGTH_MIN} characters`)
  if (length > SECRET_LENGTH_MAX) messages.push(`must have at most ${SECRET_LENGTH_MAX} characters`)
  if (text.trim() !== text) messages.push('must not begin or end with white space')
  if (UNPRINTABLE.test(text.trim())) messages.push('must contain printable characters only')
  if (text.startsWith(STANDARD_PREFIX)) {
    const keyBytes = decodeStandardKey(text)?.length ?? 0
    if (keyBytes < STANDARD_KEY_BYTES_MIN || keyBytes > STANDARD_KEY_BYTES_MAX) {
      messages.push(
        `begins with ${STANDARD_PREFIX}, so the rest must be the base64 (with padding) of ` +
          `${STANDARD_KEY_BYTES_MIN} to ${STANDARD_KEY_BYTES_MAX} bytes`,
      )
    }
  }
  if (text.startsWith(PUBLIC_KEY_PREFIX) || text.startsWith(SIGNING_KEY_PREFIX)) {
    messages.push('looks like a key of an asymmetric signature; such keys are made by the server')
  }
  return messages.length === 0 ? { secret: text } : { problems: messages.map((message) => ({ field, message })) }
}

/** A new secret that every library for Standard Webhooks reads: `whsec_` and the base64 of 32 random bytes. */
export function generateSecret(): string {
  return standardSecret(randomBytes(GENERATED_KEY_BYTES))
}

/** These bytes as a secret in the form of Standard Webhooks. */
export function standardSecret(key: Buffer): string {
  return STANDARD_PREFIX + key.toString('base64')
}

/**
 * The key of `webhook-signature`: the decoded part of a `whsec_` secret, else the secret's UTF-8 bytes, which is what
 * the Standard Webhooks libraries call the raw format.
 */
export function standardWebhooksKey(secret: string): Buffer {
  return (secret.startsWith(STANDARD_PREFIX) ? decodeStandardKey(secret) : null) ?? Buffer.from(secret, 'utf8')
}

/** Null unless the part behind the prefix is base64 exactly as an encoder writes it; decoders differ on the rest. */
function decodeStandardKey(secret: string): Buffer | null {
  const base64 = secret.slice(STANDARD_PREFIX.length)
  const key = Buffer.from(base64, 'base64')
  return key.length > 0 && key.toString('base64') === base64 ? key : null
}
