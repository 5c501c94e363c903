import { describe, expect, test } from 'vitest'
import { generateSecret, parseSecret, standardWebhooksKey } from './secrets.ts'

const whsec = (bytes: number) => `whsec_${Buffer.alloc(bytes, 0xfb).toString('base64')}`

describe('a chosen secret', () => {
  test.each([
    'abcdefgh',
    'a'.repeat(512),
    'correct horse battery staple',
    'pässwörter',
    '秘密秘密秘密秘密',
    '🔑🔑🔑🔑🔑🔑🔑🔑',
    'whsec-is-not-the-prefix',
    whsec(24),
    whsec(64),
  ])('%j is accepted', (secret) => {
    expect(parseSecret(secret)).toEqual({ secret })
  })

  test.each([
    ['', /at least 8/],
    ['1234567', /at least 8/],
    ['🔑🔑🔑🔑', /at least 8/],
    ['a'.repeat(513), /at most 512/],
    [' leading-space', /white space/],
    ['trailing-newline\n', /white space/],
    ['a\tb-and-more', /printable/],
    ['nul\0inside-it', /printable/],
    ['zero\u200bwidth-space', /printable/],
    ['no-break\u00a0space', /printable/],
    ['line\u2028separator', /printable/],
    ['half\ud83dcharacter', /printable/],
    ['whsec_', /base64/],
    ['whsec_notbase64!!', /base64/],
    [whsec(23), /24 to 64 bytes/],
    [whsec(65), /24 to 64 bytes/],
    [whsec(32).replace('=', ''), /with padding/],
    [whsec(24).replaceAll('+', '-'), /base64/],
  ])('%j is refused with the reason, and the reason does not repeat it', (secret, reason) => {
    const parsed = parseSecret(secret)
    const problems = 'problems' in parsed ? parsed.problems : []
    expect(problems.map(({ message }) => message).join('\n')).toMatch(reason)
    expect(problems.every(({ field }) => field === 'secret')).toBe(true)
    if (secret.length > 6) expect(JSON.stringify(problems)).not.toContain(secret.trim())
  })

  test('all problems are told at once', () => {
    const parsed = parseSecret(' a\u200bb ')
    expect('problems' in parsed && parsed.problems).toHaveLength(3)
  })
})

test('a generated secret is whsec_ with 32 bytes, is valid itself, and no two are the same', () => {
  const secret = generateSecret()
  expect(parseSecret(secret)).toEqual({ secret })
  expect(standardWebhooksKey(secret)).toHaveLength(32)
  expect(generateSecret()).not.toBe(secret)
})

test('the Standard Webhooks key is the decoded part of whsec_, else the UTF-8 bytes', () => {
  expect(standardWebhooksKey(whsec(24))).toEqual(Buffer.alloc(24, 0xfb))
  expect(standardWebhooksKey('pässwort')).toEqual(Buffer.from('pässwort', 'utf8'))
  expect(standardWebhooksKey('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toHaveLength(32)
})
