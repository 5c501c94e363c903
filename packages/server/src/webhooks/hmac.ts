import { createHmac, hash } from 'node:crypto'

/** The block of SHA-256, in bytes (FIPS 180-4). */
const BLOCK_BYTES = 64

const DIGEST_BYTES = 32

/** Texts of up to so many bytes are copied; for longer ones, Node's own HMAC is quicker, which need not copy. */
const COPIED_BYTES_MAX = 8_192

/** A key ready to sign: itself, and as HMAC begins its two hashes with it (RFC 2104 section 2). */
export interface HmacKey {
  readonly bytes: Buffer
  readonly inner: Buffer
  readonly outer: Buffer
}

/** Everything here runs in one turn, so one place to put the text together serves all. */
const innerText = Buffer.allocUnsafeSlow(BLOCK_BYTES + COPIED_BYTES_MAX)
const outerText = Buffer.allocUnsafeSlow(BLOCK_BYTES + DIGEST_BYTES)

/** Makes a key of any length ready; longer ones than a block stand for their hash. */
export function toHmacKey(bytes: Buffer): HmacKey {
  const block = Buffer.alloc(BLOCK_BYTES)
  const start = bytes.length > BLOCK_BYTES ? hash('sha256', bytes, 'buffer') : bytes
  start.copy(block)
  return {
    bytes,
    inner: Buffer.from(block.map((byte) => byte ^ 0x36)),
    outer: Buffer.from(block.map((byte) => byte ^ 0x5c)),
  }
}

/**
 * HMAC-SHA256 of `prefix`, as UTF-8, and `body`: for short texts from its two plain hashes, which Node computes without an
 * object of its own for each. Two of a body of 170 bytes: 3.5 µs, with `createHmac` 6.7 µs and two objects more for the
 * garbage collector; with a KeyObject 11, with copies of prepared hashes 8.5, with WebCrypto 70.
 */
export function hmacSha256(key: HmacKey, prefix: string, body: Uint8Array, encoding: 'hex' | 'base64'): string {
  // UTF-8 has at most three bytes for each unit of a string.
  if (prefix.length * 3 + body.length > COPIED_BYTES_MAX) {
    return createHmac('sha256', key.bytes).update(prefix).update(body).digest(encoding)
  }
  key.inner.copy(innerText)
  const bodyStart = BLOCK_BYTES + innerText.write(prefix, BLOCK_BYTES)
  innerText.set(body, bodyStart)
  const digest = hash('sha256', innerText.subarray(0, bodyStart + body.length), 'latin1')
  key.outer.copy(outerText)
  outerText.write(digest, BLOCK_BYTES, 'latin1')
  return hash('sha256', outerText, encoding)
}
