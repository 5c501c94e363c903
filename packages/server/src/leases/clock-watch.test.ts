import { expect, test } from 'vitest'
import { createStandingClock } from '../../test/harness/standing-clock.ts'
import { createClockWatch } from './clock-watch.ts'

const HOUR_MS = 3_600_000

test('time that passes, and a clock that is set ahead, are nothing', () => {
  const clock = createStandingClock()
  const setBackMs = createClockWatch(clock)
  clock.move(HOUR_MS)
  expect(setBackMs()).toBe(0)
  clock.set(clock.now() + HOUR_MS)
  expect(setBackMs()).toBe(0)
})

test('a clock that is set back is told once, by how much, whatever time has passed', () => {
  const clock = createStandingClock()
  const setBackMs = createClockWatch(clock)
  clock.set(clock.now() - HOUR_MS)
  clock.move(2 * HOUR_MS)
  expect(setBackMs()).toBe(HOUR_MS)
  expect(setBackMs()).toBe(0)
})

test('corrections of less than a second are none', () => {
  const clock = createStandingClock()
  const setBackMs = createClockWatch(clock)
  clock.set(clock.now() - 999)
  expect(setBackMs()).toBe(0)
})
