import { expect, test } from 'vitest'
import { createStandingClock } from '../../test/harness/standing-clock.ts'
import { ABORT_MS, createPatience, DRAIN_MS } from './patience.ts'

/** What of these has come to its end by now. */
async function ended(...promises: Promise<unknown>[]): Promise<boolean[]> {
  const over = promises.map(() => false)
  promises.forEach((promise, index) => void promise.then(() => (over[index] = true)))
  // Not a wait for time: a turn of the event loop, in which everything that can go on goes on.
  await new Promise((resolve) => setImmediate(resolve))
  return over
}

const forEver = new Promise<void>(() => {})

test('work that ends in time is waited for, and nothing of it is given up', async () => {
  const clock = createStandingClock()
  const patience = createPatience(clock)
  const work = Promise.withResolvers<void>()
  const drained = patience.drain(work.promise)
  clock.move(DRAIN_MS - 1)
  expect(await ended(drained)).toEqual([false])
  work.resolve()
  await drained
  expect(patience.isOver.aborted).toBe(false)
  expect(clock.timerCount).toBe(0)
})

test('work that does not end is told to give up when its time is over, and left alone a little later', async () => {
  const clock = createStandingClock()
  const patience = createPatience(clock)
  const drained = patience.drain(forEver)
  clock.move(DRAIN_MS)
  expect(await ended(drained)).toEqual([false])
  expect(patience.isOver.aborted).toBe(true)
  clock.move(ABORT_MS)
  await drained
})

test('all parts together have one time, from when the first one drains', async () => {
  const clock = createStandingClock()
  const patience = createPatience(clock)
  const runner = Promise.withResolvers<void>()
  const runnerDrained = patience.drain(runner.promise)
  clock.move(DRAIN_MS - 1_000)
  runner.resolve()
  await runnerDrained
  const courierDrained = patience.drain(forEver)
  clock.move(1_000)
  expect(await ended(courierDrained)).toEqual([false])
  expect(patience.isOver.aborted).toBe(true)
  const later = patience.drain(forEver)
  clock.move(ABORT_MS)
  await Promise.all([courierDrained, later])
})

test('a start that failed gives up at once', async () => {
  const clock = createStandingClock()
  const patience = createPatience(clock)
  patience.giveUp()
  expect(patience.isOver.aborted).toBe(true)
  const drained = patience.drain(forEver)
  clock.move(ABORT_MS)
  await drained
})

test('work that fails is not waited for, and its error is told', async () => {
  const clock = createStandingClock()
  await expect(createPatience(clock).drain(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(clock.timerCount).toBe(0)
})
