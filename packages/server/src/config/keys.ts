import { BadValue } from './setting.ts'

/** Shortest API key in characters: 16 random letters and digits have 95 bits, far beyond guessing over a network. */
export const API_KEY_LENGTH_MIN = 16

/** Longest API key in characters: it must fit into a header line of any proxy. */
const API_KEY_LENGTH_MAX = 256

/** AES-256. */
const MASTER_KEY_BYTES = 32

/** What documents and templates put where a secret belongs; compared without case, dashes and underscores. */
const SAMPLE_PATTERN = /^(changeme|changethis|replaceme|replacewith|yourapikey|yourkey|yoursecret|example|placeholder)/

function assertNoSample(text: string) {
  const plain = text.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (SAMPLE_PATTERN.test(plain))
    throw new BadValue('this is a sample value that everybody knows; make one of your own')
  if (new Set(text).size < 5 || '01234567890123456789012345678901234567890'.includes(text)) {
    throw new BadValue('this value is easy to guess; make a random one, such as the output of: openssl rand -hex 24')
  }
}

/** Gives an API key that is hard to guess and fits into an `Authorization` header. */
export function apiKey(text: string): string {
  if (text.length < API_KEY_LENGTH_MIN || text.length > API_KEY_LENGTH_MAX) throw new BadValue()
  if (!/^[\x21-\x7e]+$/.test(text)) throw new BadValue('only visible ASCII characters can travel in a header')
  assertNoSample(text)
  return text
}

/** Gives a master key: 32 bytes as 64 hex digits, or in base64 or base64url with or without padding. */
export function masterKey(text: string): string {
  const isHex = /^[0-9a-f]{64}$/i.test(text)
  const isBase64 = /^[A-Za-z0-9+/_-]{43}=?$/.test(text) && Buffer.from(text, 'base64').length === MASTER_KEY_BYTES
  if (!isHex && !isBase64) throw new BadValue()
  assertNoSample(text)
  return text
}
