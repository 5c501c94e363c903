import { expect, test } from 'vitest'
import { openTestStore } from '../../test/harness/test-store.ts'
import { until } from '../../test/harness/until.ts'
import { newId } from '../lib/ids.ts'
import { silentLog } from '../lib/log.ts'
import { createKeyForgetter, KEY_AGE_MS } from './key-forgetter.ts'

test('keys are kept for a day, then deleted in batches, at the start and every hour', async () => {
  const { clock, store, accountId } = await openTestStore()
  const claim = (key: string) =>
    store.insertJobOnce(
      { id: newId(), accountId, type: 't', input: '{}', jobWebhookUrl: null, createdAt: clock.now(), leasedBy: null },
      { key, fingerprint: 'f' },
    )
  const isKnown = async (key: string) => (await store.findIdempotencyKey(accountId, key)) !== null

  // More than one batch.
  await Promise.all(Array.from({ length: 1_001 }, (_, index) => claim(`old ${index}`)))
  clock.move(1)
  await claim('young')
  clock.move(KEY_AGE_MS)
  const batches: number[] = []
  const forgetter = createKeyForgetter({
    store: {
      async forgetIdempotencyKeys(range) {
        const count = await store.forgetIdempotencyKeys(range)
        batches.push(count)
        return count
      },
    },
    clock,
    log: silentLog,
  })

  forgetter.start()
  await until('all old keys are gone', () => (batches.length === 2 ? true : null))
  expect(batches).toEqual([1_000, 1])
  expect(await isKnown('young')).toBe(true)

  await until('the next look is planned', () => (clock.timerCount === 1 ? true : null))
  clock.move(3_600_000)
  await until('the young key has become old', async () => ((await isKnown('young')) ? null : true))
  await forgetter.stop()
  expect(clock.timerCount).toBe(0)
  await store.close()
})
