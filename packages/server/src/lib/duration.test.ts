import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDuration, parseDurationMs } from './duration.ts'

describe('parseDurationMs', () => {
  test.each([
    ['0s', 0],
    ['500ms', 500],
    ['10s', 10_000],
    ['1m', 60_000],
    ['2h', 7_200_000],
    ['5d', 432_000_000],
    ['1.5s', 1_500],
    ['0.25m', 15_000],
    [' 10s ', 10_000],
    ['010s', 10_000],
  ])('reads "%s"', (text, durationMs) => {
    expect(parseDurationMs(text)).toBe(durationMs)
  })

  test.each([
    '',
    '10',
    's',
    '10 s',
    '-1s',
    '+1s',
    '1e3s',
    '.5s',
    '1.s',
    '10S',
    '10sec',
    '1h30m',
    '1w',
    '٣s',
    'NaNs',
    'Infinitys',
  ])('refuses "%s" and says what to write', (text) => {
    expect(() => parseDurationMs(text)).toThrow(`"${text}" is not a duration; write a number with a unit: 500ms, 10s`)
  })
})

describe('formatDuration', () => {
  test.each([
    [0, '0ms'],
    [999, '999ms'],
    [1_000, '1s'],
    [1_001, '1001ms'],
    [60_000, '1m'],
    [90_000, '90s'],
    [3_600_000, '1h'],
    [86_400_000, '1d'],
    [90_000_000, '25h'],
  ])('writes %i ms as "%s"', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text)
  })

  test('what it writes is read as the same duration, in the largest unit that divides it', () => {
    const durations = fc.oneof(
      fc.maxSafeNat(),
      fc.nat(1_000).map((count) => count * 1_000),
      fc.nat(500).map((count) => count * 3_600_000),
    )
    fc.assert(
      fc.property(durations, (durationMs) => {
        const text = formatDuration(durationMs)
        expect(parseDurationMs(text)).toBe(durationMs)
        if (text.endsWith('ms') && durationMs > 0) expect(durationMs % 1_000).not.toBe(0)
      }),
    )
  })
})
