import { expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { createKeyCache } from './key-cache.ts'

const owner = (keyId: string) => ({ keyId, accountId: 'a', requestsPerMinute: null, scopes: [] })

test('an entry is forgotten after a second', () => {
  let passedMs = 0
  const cache = createKeyCache({ ...systemClock, monotonicMs: () => passedMs })
  cache.put('hash', owner('k'))
  passedMs = 999
  expect(cache.get('hash')).toEqual(owner('k'))
  passedMs = 1_000
  expect(cache.get('hash')).toBeNull()
})

test('memory is bounded: the oldest of 10,001 entries is gone', () => {
  const cache = createKeyCache({ ...systemClock, monotonicMs: () => 0 })
  for (let key = 0; key <= 10_000; key++) cache.put(`hash-${key}`, owner(`key-${key}`))
  expect(cache.get('hash-0')).toBeNull()
  expect(cache.get('hash-1')).not.toBeNull()
  expect(cache.get('hash-10000')).not.toBeNull()
})
