import { randomBytes } from 'node:crypto'

/** AES-256. */
export const MASTER_KEY_BYTES = 32

/**
 * Reads `RINGBACK_MASTER_KEY`: 32 bytes as base64, base64url (padding or none) or 64 hexadecimal digits. The forms
 * cannot be mistaken for each other: their lengths differ.
 * @throws Error whose message says what is wrong, without repeating the key
 */
export function parseMasterKey(text: string): Buffer {
  const trimmed = text.trim()
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex')
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(trimmed) || /^[A-Za-z0-9_-]*={0,2}$/.test(trimmed)) {
    const key = Buffer.from(trimmed, 'base64')
    if (key.length === MASTER_KEY_BYTES) return key
    throw new Error(
      `the master key has ${key.length} bytes; it must have ${MASTER_KEY_BYTES} (openssl rand -base64 32)`,
    )
  }
  throw new Error(
    `the master key must be ${MASTER_KEY_BYTES} bytes in base64, base64url or hex (openssl rand -base64 32)`,
  )
}

/** A new master key in base64url, as {@link parseMasterKey} reads it. */
export function generateMasterKey(): string {
  return randomBytes(MASTER_KEY_BYTES).toString('base64url')
}
