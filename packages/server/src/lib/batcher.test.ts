import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBatcher } from './batcher.ts'

/** A batcher whose batches end when the test says so; each item's result is the item, doubled. */
function openBatcher(options: { itemsMax?: number; concurrencyMax?: number } = {}) {
  const batches: { items: number[]; end: () => void; fail: (error: Error) => void }[] = []
  const batcher = createBatcher<number, number>({
    itemsMax: options.itemsMax ?? 100,
    concurrencyMax: options.concurrencyMax ?? 1,
    run: (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, end: () => resolve(items.map((item) => item * 2)), fail: reject })
      }),
  })
  return { batcher, batches }
}

describe('gathering', () => {
  test('what is added in one turn leaves together at its end, in order', async () => {
    const { batcher, batches } = openBatcher()
    const results = [1, 2, 3].map((item) => batcher.add(item))
    expect(batches).toEqual([])
    await setImmediate()
    expect(batches.map(({ items }) => items)).toEqual([[1, 2, 3]])
    batches[0]?.end()
    expect(await Promise.all(results)).toEqual([2, 4, 6])
  })

  test('what comes while a batch is under way leaves together with the next', async () => {
    const { batcher, batches } = openBatcher()
    const first = batcher.add(1)
    await setImmediate()
    const second = batcher.add(2)
    await setImmediate()
    const third = batcher.add(3)
    await setImmediate()
    expect(batches.map(({ items }) => items)).toEqual([[1]])
    batches[0]?.end()
    await first
    await setImmediate()
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3]])
    batches[1]?.end()
    expect(await Promise.all([second, third])).toEqual([4, 6])
  })

  test('a batch has no more items than the limit, and batches no more company than theirs', async () => {
    const { batcher, batches } = openBatcher({ itemsMax: 2, concurrencyMax: 2 })
    const results = [1, 2, 3, 4, 5, 6].map((item) => batcher.add(item))
    await setImmediate()
    expect(batches.map(({ items }) => items)).toEqual([
      [1, 2],
      [3, 4],
    ])
    batches[1]?.end()
    await results[3]
    await setImmediate()
    expect(batches.map(({ items }) => items).at(-1)).toEqual([5, 6])
    batches[0]?.end()
    batches[2]?.end()
    expect(await Promise.all(results)).toEqual([2, 4, 6, 8, 10, 12])
  })

  test('beside a batch that is under way only a full one leaves', async () => {
    const { batcher, batches } = openBatcher({ itemsMax: 2, concurrencyMax: 2 })
    const results = [1, 2, 3].map((item) => batcher.add(item))
    await setImmediate()
    expect(batches.map(({ items }) => items)).toEqual([[1, 2]])
    results.push(batcher.add(4))
    await setImmediate()
    expect(batches.map(({ items }) => items)).toEqual([
      [1, 2],
      [3, 4],
    ])
    for (const { end } of batches) end()
    expect(await Promise.all(results)).toEqual([2, 4, 6, 8])
  })
})

test('a batch that fails fails all its items and no others', async () => {
  const { batcher, batches } = openBatcher({ itemsMax: 2 })
  const results = [1, 2, 3].map((item) => batcher.add(item))
  await setImmediate()
  batches[0]?.fail(new Error('disk full'))
  const settled = Promise.allSettled(results)
  await expect(results[0]).rejects.toThrow('disk full')
  await expect(results[1]).rejects.toThrow('disk full')
  await setImmediate()
  batches[1]?.end()
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
})

test('a run that throws at once is a batch that fails', async () => {
  const batcher = createBatcher<number, number>({
    itemsMax: 2,
    concurrencyMax: 1,
    run: () => {
      throw new Error('closed')
    },
  })
  await expect(batcher.add(1)).rejects.toThrow('closed')
  await batcher.idle()
})

test('idle waits for what is under way and for what gathers behind it', async () => {
  const { batcher, batches } = openBatcher()
  await batcher.idle()
  const results = [batcher.add(1)]
  let idle = false
  const waited = batcher.idle().then(() => {
    idle = true
  })
  await setImmediate()
  results.push(batcher.add(2))
  batches[0]?.end()
  await results[0]
  await setImmediate()
  expect(idle).toBe(false)
  batches[1]?.end()
  await waited
  expect(await Promise.all(results)).toEqual([2, 4])
})

test('every caller gets the result of its own item, however calls, sizes and times fall together', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ turns: fc.nat(3), count: fc.integer({ min: 1, max: 7 }) }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      async (calls, itemsMax, concurrencyMax) => {
        let running = 0
        const batcher = createBatcher<number, number>({
          itemsMax,
          concurrencyMax,
          async run(items) {
            running++
            expect(running).toBeLessThanOrEqual(concurrencyMax)
            expect(items.length).toBeLessThanOrEqual(itemsMax)
            await setImmediate()
            running--
            return items.map((item) => item * 2)
          },
        })
        const results: Promise<number>[] = []
        for (const { turns, count } of calls) {
          for (let turn = 0; turn < turns; turn++) await setImmediate()
          for (let index = 0; index < count; index++) results.push(batcher.add(results.length))
        }
        expect(await Promise.all(results)).toEqual(results.map((_, index) => index * 2))
        await batcher.idle()
        expect(running).toBe(0)
      },
    ),
    { numRuns: 40 },
  )
})
