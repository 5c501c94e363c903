import { expect, test } from 'vitest'
import { createFairGate } from './fair-gate.ts'

const neverAborts = new AbortController().signal

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  await new Promise((resolve) => setImmediate(resolve))
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending
}

test('what has room goes in, what has none waits in its turn', async () => {
  const gate = createFairGate(100)
  const leaveFirst = await gate.enter('one', 60, neverAborts)
  const second = gate.enter('one', 50, neverAborts)
  const third = gate.enter('one', 10, neverAborts)
  // It would fit, but it must not overtake: the large ones would wait for ever.
  expect([await isSettled(second), await isSettled(third)]).toEqual([false, false])
  leaveFirst()
  const leaveSecond = await second
  await third
  const fourth = gate.enter('one', 60, neverAborts)
  expect(await isSettled(fourth)).toBe(false)
  leaveSecond()
  leaveSecond()
  const fifth = gate.enter('one', 60, neverAborts)
  await fourth
  // Leaving twice made no second room.
  expect(await isSettled(fifth)).toBe(false)
})

test('more than the limit goes in alone', async () => {
  const gate = createFairGate(100)
  const leave = await gate.enter('one', 1_000, neverAborts)
  const next = gate.enter('one', 1, neverAborts)
  expect(await isSettled(next)).toBe(false)
  leave()
  await next
})

test('who gives up waiting makes way', async () => {
  const gate = createFairGate(100)
  await gate.enter('one', 90, neverAborts)
  const giveUp = new AbortController()
  const large = gate.enter('one', 50, giveUp.signal)
  const small = gate.enter('one', 10, neverAborts)
  giveUp.abort(new Error('cancelled'))
  await expect(large).rejects.toThrow('cancelled')
  await small
  await expect(gate.enter('one', 1, giveUp.signal)).rejects.toThrow('cancelled')
})

test('an account that waits with one goes in before the second of those that wait with many', async () => {
  const gate = createFairGate(1)
  let leave = await gate.enter('many', 1, neverAborts)
  const order: string[] = []
  const enter = async (accountId: string) => {
    const done = await gate.enter(accountId, 1, neverAborts)
    order.push(accountId)
    leave = done
  }
  const entering = ['many', 'many', 'many', 'other', 'third', 'other'].map(enter)
  for (let count = 1; count <= entering.length; count++) {
    leave()
    await expect.poll(() => order.length).toBe(count)
  }
  expect(order).toEqual(['many', 'other', 'third', 'many', 'other', 'many'])
})
