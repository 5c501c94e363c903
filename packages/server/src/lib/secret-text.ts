import { randomBytes } from 'node:crypto'

/**
 * Text that cannot be guessed, from the operating system's generator: base64url, four characters for each three bytes.
 * Default 32 bytes = 256 bits = 43 characters.
 */
export function secretText(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}
