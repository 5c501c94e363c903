import { describe, expect, test } from 'vitest'
import { parseRetryAfterMs } from './retry-after.ts'

const NOW = Date.UTC(2026, 0, 31, 8, 50, 11, 188)

/** The date of 8:50:42 on that day, in the form that is asked for. */
const IN_HALF_A_MINUTE_MS = Date.UTC(2026, 0, 31, 8, 50, 42) - NOW

describe('seconds', () => {
  test.each([
    ['0', 0],
    ['1', 1_000],
    ['120', 120_000],
    ['  7 ', 7_000],
    ['007', 7_000],
    ['1.5', 1_500],
    ['0.0001', 1],
  ])('"%s" is %i ms', (value, delayMs) => {
    expect(parseRetryAfterMs(value, NOW)).toBe(delayMs)
  })

  test.each(['9007199254740991', '9'.repeat(30), '9'.repeat(400)])(
    'an absurd number stays a number (case %#)',
    (value) => {
      const delayMs = parseRetryAfterMs(value, NOW)
      expect(Number.isSafeInteger(delayMs)).toBe(true)
      expect(delayMs).toBeGreaterThan(1e15)
    },
  )
})

describe('dates', () => {
  test.each([
    'Sat, 31 Jan 2026 08:50:42 GMT',
    'Saturday, 31-Jan-26 08:50:42 GMT',
    'Sat Jan 31 08:50:42 2026',
    'sat, 31 jan 2026 08:50:42 gmt',
    'Sat, 31 Jan 2026 08:50:42 +0000',
    '  Sat, 31 Jan 2026 08:50:42 GMT  ',
  ])('"%s" is the time until then, in each form that HTTP has and in every time zone', (value) => {
    const { TZ } = process.env
    try {
      for (const zone of ['UTC', 'America/Los_Angeles', 'Asia/Kolkata']) {
        process.env.TZ = zone
        expect(parseRetryAfterMs(value, NOW)).toBe(IN_HALF_A_MINUTE_MS)
      }
    } finally {
      if (TZ === undefined) delete process.env.TZ
      else process.env.TZ = TZ
    }
  })

  test.each([
    'Sat, 31 Jan 2026 08:50:11 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
  ])('"%s" is over: nothing is asked', (value) => {
    expect(parseRetryAfterMs(value, NOW)).toBeNull()
  })

  test('the end of time stays a number', () => {
    expect(parseRetryAfterMs('Fri, 31 Dec 9999 23:59:59 GMT', NOW)).toBeGreaterThan(1e14)
  })
})

test.each([
  '',
  ' ',
  'soon',
  '-5',
  '+5',
  '1e3',
  '0x10',
  '5s',
  '5, 10',
  '1.2.3',
  '٣',
  'Infinity',
  'NaN',
  '2026-01-31T08:50:42Z',
  'tomorrow 5',
  'May 5',
  'Sat, 99 Foo 2026 08:50:42 GMT',
  'Sat, 31 Jan 2026 99:99:99 GMT',
])('"%s" is nothing', (value) => {
  expect(parseRetryAfterMs(value, NOW)).toBeNull()
})
