import { expect, test } from 'vitest'
import type { DeliveryFilter } from './deliveries.ts'
import { StoreUnavailableError } from './errors.ts'
import { LOOKS_WAITING_MAX, type LookName, takeTurnsToLook } from './looks.ts'
import type { Store } from './store.ts'

/** Looks that end when they are told to. */
function heldLooks(atOnce: number) {
  const started: string[] = []
  const ends: PromiseWithResolvers<[]>[] = []
  const store = {
    listDeliveries({ accountId }: DeliveryFilter) {
      started.push(accountId)
      const end = Promise.withResolvers<[]>()
      ends.push(end)
      return end.promise
    },
  } as Partial<Pick<Store, LookName>> as Pick<Store, LookName>
  const { looks, end } = takeTurnsToLook(store, atOnce)
  const look = (accountId: string) => looks.listDeliveries({ accountId, limit: 1 })
  return { started, ends, look, end }
}

test('so many looks are under way at once, and an account waits for one look of each other', async () => {
  const { started, ends, look } = heldLooks(2)
  const all = ['a', 'a', 'a', 'a', 'a', 'b', 'b', 'c'].map(look)
  expect(started).toEqual(['a', 'a'])
  for (const [index, looked] of [...all.entries()]) {
    ends[index]?.resolve([])
    await Promise.race([looked, ...all.slice(index + 1)])
    expect(started.length).toBeLessThanOrEqual(index + 3)
  }
  await Promise.all(all)
  expect(started).toEqual(['a', 'a', 'a', 'b', 'c', 'a', 'b', 'a'])
})

test('a look that fails makes room as well', async () => {
  const { started, ends, look } = heldLooks(1)
  const [first, second] = [look('a'), look('b')]
  ends[0]?.reject(new Error('no'))
  await expect(first).rejects.toThrow('no')
  ends[1]?.resolve([])
  expect(await second).toEqual([])
  const third = look('c')
  ends[2]?.resolve([])
  expect(await third).toEqual([])
  expect(started).toEqual(['a', 'b', 'c'])
})

test('an account that waits for too many is refused more, and only that account', async () => {
  const { ends, look } = heldLooks(1)
  const waiting = Array.from({ length: LOOKS_WAITING_MAX + 1 }, () => look('a'))
  await expect(look('a')).rejects.toMatchObject({ code: 'request.rate_limited', retryAfterSeconds: 5 })
  const other = look('b')
  for (const [index, looked] of [...waiting, other].entries()) {
    ends[index]?.resolve([])
    await Promise.race([looked, ...waiting.slice(index + 1), other])
    for (const end of ends) end.resolve([])
  }
  await Promise.all([...waiting, other])
})

test('those that wait are told when there is nothing to look at any more', async () => {
  const { ends, look, end } = heldLooks(1)
  const [underWay, waiting] = [look('a'), look('a')]
  end()
  await expect(waiting).rejects.toThrow(StoreUnavailableError)
  ends[0]?.resolve([])
  expect(await underWay).toEqual([])
})
