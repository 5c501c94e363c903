import { deepStrictEqual, strictEqual } from 'node:assert'
import type { DeliveryStore } from '../src/store.ts'

/** Long enough for whatever is done before it is over. */
const LONG_MS = 60_000

/** What every store must do; throws where it does not. The names of deliveries begin with `prefix`. */
export async function checkStore(store: DeliveryStore, prefix: string): Promise<void> {
  const id = (name: string) => `${prefix}-${name}`
  const claims = await Promise.all(Array.from({ length: 20 }, async () => await store.claim(id('many'), LONG_MS)))
  deepStrictEqual(claims.sort(), ['claimed', ...Array.from({ length: 19 }, () => 'running')])
  strictEqual(await store.claim(id('other'), LONG_MS), 'claimed')

  await store.complete(id('many'), LONG_MS)
  strictEqual(await store.claim(id('many'), LONG_MS), 'done')
  await store.release(id('other'))
  strictEqual(await store.claim(id('other'), LONG_MS), 'claimed')

  strictEqual(await store.claim(id('left'), 1), 'claimed')
  await untilClaimed(store, id('left'), LONG_MS)
  await store.complete(id('left'), 1)
  await untilClaimed(store, id('left'), LONG_MS)
  strictEqual(await store.claim(id('left'), LONG_MS), 'running')
}

/** Asks until what was remembered for a millisecond is forgotten. */
async function untilClaimed(store: DeliveryStore, id: string, leaseMs: number): Promise<void> {
  while ((await store.claim(id, leaseMs)) !== 'claimed') await new Promise(setImmediate)
}
