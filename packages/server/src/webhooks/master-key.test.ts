import { expect, test } from 'vitest'
import { generateMasterKey, parseMasterKey } from './master-key.ts'

const BYTES = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index * 7))

test('a master key is read from base64, base64url and hex, with white space around it', () => {
  for (const text of [
    BYTES.toString('base64'),
    BYTES.toString('base64').replace('=', ''),
    BYTES.toString('base64url'),
    BYTES.toString('hex'),
    BYTES.toString('hex').toUpperCase(),
    ` ${BYTES.toString('base64')}\n`,
  ]) {
    expect(parseMasterKey(text)).toEqual(BYTES)
  }
})

test('a generated master key can be read, and no two are the same', () => {
  expect(parseMasterKey(generateMasterKey())).toHaveLength(32)
  expect(generateMasterKey()).not.toBe(generateMasterKey())
})

test('a wrong master key is refused with what is wrong, without repeating it', () => {
  for (const [text, message] of [
    ['', /has 0 bytes; it must have 32/],
    [Buffer.alloc(31).toString('base64'), /has 31 bytes/],
    [Buffer.alloc(33).toString('base64url'), /has 33 bytes/],
    ['correct horse battery staple', /in base64, base64url or hex/],
    [`${BYTES.toString('base64').slice(0, 20)}!${BYTES.toString('base64').slice(21)}`, /in base64, base64url or hex/],
  ] as const) {
    expect(() => parseMasterKey(text)).toThrow(message)
    if (text !== '') expect(() => parseMasterKey(text)).not.toThrow(text)
  }
})
