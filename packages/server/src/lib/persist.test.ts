import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createStandingClock } from '../../test/harness/standing-clock.ts'
import { persist } from './persist.ts'

/** A write that fails until it is healed, on a clock that stands. */
function openWrite() {
  const clock = createStandingClock()
  const controller = new AbortController()
  const errors: unknown[] = []
  const world = { writes: 0, healthy: false }
  const written = persist(
    async () => {
      world.writes++
      if (!world.healthy) throw new Error(`away ${world.writes}`)
      return 'written'
    },
    { clock, signal: controller.signal, onError: (error) => errors.push(error) },
  )
  return { clock, controller, errors, world, written }
}

test('a write that succeeds is made once, and nobody is told of errors', async () => {
  const errors: unknown[] = []
  const options = {
    clock: createStandingClock(),
    signal: AbortSignal.abort(),
    onError: (error: unknown) => errors.push(error),
  }
  expect(await persist(async () => 'value', options)).toBe('value')
  expect(errors).toEqual([])
})

test('a write is repeated after 250 ms, then twice as long each time up to 10 s, until it succeeds', async () => {
  const { clock, errors, world, written } = openWrite()
  await setImmediate()
  for (const [index, delayMs] of [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000].entries()) {
    clock.move(delayMs - 1)
    await setImmediate()
    expect(world.writes).toBe(index + 1)
    clock.move(1)
    await setImmediate()
    expect(world.writes).toBe(index + 2)
  }
  world.healthy = true
  clock.move(10_000)
  expect(await written).toBe('written')
  expect(errors).toHaveLength(9)
  expect(errors[0]).toEqual(new Error('away 1'))
  expect(clock.timerCount).toBe(0)
})

test('giving up ends the wait at once with null, and writes no more', async () => {
  const { clock, controller, world, written } = openWrite()
  await setImmediate()
  controller.abort()
  expect(await written).toBeNull()
  clock.move(60_000)
  await setImmediate()
  expect(world.writes).toBe(1)
  expect(clock.timerCount).toBe(0)
})
