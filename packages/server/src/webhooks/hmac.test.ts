import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { hmacSha256, toHmacKey } from './hmac.ts'

const theirs = (key: Buffer, prefix: string, body: Buffer, encoding: 'hex' | 'base64') =>
  createHmac('sha256', key).update(prefix).update(body).digest(encoding)

test('is what OpenSSL says, for keys and texts around every border', () => {
  for (const keyLength of [0, 1, 24, 63, 64, 65, 200]) {
    const bytes = Buffer.alloc(keyLength, 'këy')
    const key = toHmacKey(bytes)
    for (const bodyLength of [0, 1, 55, 56, 63, 64, 65, 170, 8_191, 8_192, 8_193, 100_000]) {
      const body = Buffer.alloc(bodyLength, '{"text":"naïve ☎"}')
      for (const prefix of ['', 'id.1700000000.', 'ünï☎.', '☎'.repeat(3_000)]) {
        expect(hmacSha256(key, prefix, body, 'hex')).toBe(theirs(bytes, prefix, body, 'hex'))
        expect(hmacSha256(key, prefix, body, 'base64')).toBe(theirs(bytes, prefix, body, 'base64'))
      }
    }
  }
})

test('is that of RFC 4231, test case 2', () => {
  const key = toHmacKey(Buffer.from('Jefe'))
  expect(hmacSha256(key, '', Buffer.from('what do ya want for nothing?'), 'hex')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})
