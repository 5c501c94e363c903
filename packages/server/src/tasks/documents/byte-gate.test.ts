import { expect, test } from 'vitest'
import { createByteGate } from './byte-gate.ts'

const neverAborts = new AbortController().signal

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  await new Promise((resolve) => setImmediate(resolve))
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending
}

test('what has room goes in, what has none waits in its turn', async () => {
  const gate = createByteGate(100)
  const leaveFirst = await gate.enter(60, neverAborts)
  const second = gate.enter(50, neverAborts)
  const third = gate.enter(10, neverAborts)
  // It would fit, but it must not overtake: the large ones would wait for ever.
  expect([await isSettled(second), await isSettled(third)]).toEqual([false, false])
  leaveFirst()
  const leaveSecond = await second
  await third
  const fourth = gate.enter(60, neverAborts)
  expect(await isSettled(fourth)).toBe(false)
  leaveSecond()
  leaveSecond()
  const fifth = gate.enter(60, neverAborts)
  await fourth
  // Leaving twice made no second room.
  expect(await isSettled(fifth)).toBe(false)
})

test('more than the limit goes in alone', async () => {
  const gate = createByteGate(100)
  const leave = await gate.enter(1_000, neverAborts)
  const next = gate.enter(1, neverAborts)
  expect(await isSettled(next)).toBe(false)
  leave()
  await next
})

test('who gives up waiting makes way', async () => {
  const gate = createByteGate(100)
  await gate.enter(90, neverAborts)
  const giveUp = new AbortController()
  const large = gate.enter(50, giveUp.signal)
  const small = gate.enter(10, neverAborts)
  giveUp.abort(new Error('cancelled'))
  await expect(large).rejects.toThrow('cancelled')
  await small
  await expect(gate.enter(1, giveUp.signal)).rejects.toThrow('cancelled')
})
