import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { createBoundedCache } from './bounded-cache.ts'
import { MASTER_KEY_BYTES } from './master-key.ts'

/** A sealed secret cannot be read: another master key, another context, or changed text. */
export class SecretUnreadableError extends Error {
  override readonly name = 'SecretUnreadableError'
  readonly code = 'ERR_SECRET_UNREADABLE'
}

export interface Vault {
  /** Encrypts a text; each call gives another result. Only the same context can open it. */
  seal(plain: string, context: string): string
  /**
   * Gives the text back. Answers from memory when it was opened before: it is asked for every attempt.
   * @throws SecretUnreadableError
   */
  open(sealed: string, context: string): string
  /** 32 bytes that belong to a context: the same in every process with this master key, and guessed by nobody. */
  derive(context: string): Buffer
  /** A text to keep beside the secrets, by which a later start can tell whether it has the same master key. */
  checkValue(): string
  /** Whether a kept check value was made with this master key. */
  verifyCheckValue(checkValue: string): boolean
}

/** Names the format, so that another can follow: AES-256-GCM, then base64url of nonce, ciphertext and tag. */
const FORMAT = 'v1.'
const ALGORITHM = 'aes-256-gcm'
/** What GCM is made for; chance nonces are safe for 2^32 seals with one key (NIST SP 800-38D, 8.3). */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Opened secrets kept in memory: two for each of 5,000 webhooks, about 3 MB. */
const OPENED_MAX = 10_000

const CHECK_CONTEXT = 'master-key-check'
const CHECK_TEXT = 'ringback'

/**
 * Encrypts secrets at rest (ADR 0009). The context (the account's id for webhook secrets) is authenticated but not
 * stored: a sealed text that was copied into another account's row does not open there.
 */
export function createVault(masterKey: Buffer): Vault {
  if (masterKey.length !== MASTER_KEY_BYTES) throw new RangeError(`a master key has ${MASTER_KEY_BYTES} bytes`)
  const opened = createBoundedCache<string, { plain: string; context: string }>(OPENED_MAX)

  function seal(plain: string, context: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(ALGORITHM, masterKey, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(Buffer.from(context))
    const parts = [nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]
    return FORMAT + Buffer.concat(parts).toString('base64url')
  }

  function decrypt(sealed: string, context: string): string {
    const bytes = Buffer.from(sealed.slice(FORMAT.length), 'base64url')
    if (!sealed.startsWith(FORMAT) || bytes.length < NONCE_BYTES + TAG_BYTES) {
      throw new SecretUnreadableError('the sealed secret has an unknown format')
    }
    const tagStart = bytes.length - TAG_BYTES
    const decipher = createDecipheriv(ALGORITHM, masterKey, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(tagStart))
    try {
      return decipher.update(bytes.subarray(NONCE_BYTES, tagStart), undefined, 'utf8') + decipher.final('utf8')
    } catch (cause) {
      throw new SecretUnreadableError('the secret was sealed with another master key, or changed since: set it again', {
        cause,
      })
    }
  }

  function open(sealed: string, context: string): string {
    const known = opened.get(sealed)
    if (known?.context === context) return known.plain
    const plain = decrypt(sealed, context)
    opened.set(sealed, { plain, context })
    return plain
  }

  return {
    seal,
    open,
    derive: (context) => createHmac('sha256', masterKey).update(`derived ${context}`).digest(),
    checkValue: () => seal(CHECK_TEXT, CHECK_CONTEXT),
    verifyCheckValue(checkValue) {
      try {
        return decrypt(checkValue, CHECK_CONTEXT) === CHECK_TEXT
      } catch (error) {
        if (error instanceof SecretUnreadableError) return false
        throw error
      }
    },
  }
}
