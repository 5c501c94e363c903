import { expect, test } from 'vitest'
import { toLocal, toMoment } from './local-time.ts'

const NOW = '2026-10-25T01:30:42.123Z'

test('a moment that was not changed is the same to the millisecond, in every zone', () => {
  expect(toMoment(toLocal(NOW), NOW)).toBe(NOW)
})

test('a moment that was changed is read in the zone of the browser', () => {
  expect(toMoment('2026-07-01T10:00', NOW)).toBe(new Date(2026, 6, 1, 10).toISOString())
})

test.each(['', '202611-11-11T10:00'])('%j is no moment', (local) => {
  expect(toMoment(local, NOW)).toBeNull()
})
