import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBoundedCache } from './bounded-cache.ts'

test('a cache never holds more than its bound and never gives a value of another key', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.array(fc.nat(30)), (entriesMax, keys) => {
      const cache = createBoundedCache<number, string>(entriesMax)
      for (const key of keys) {
        const known = cache.get(key)
        if (known !== undefined) expect(known).toBe(`value ${key}`)
        cache.set(key, `value ${key}`)
        expect(cache.get(key)).toBe(`value ${key}`)
        expect(cache.size).toBeLessThanOrEqual(entriesMax)
      }
    }),
  )
})

test('what is asked for again and again stays while others come and go', () => {
  const cache = createBoundedCache<string, number>(10)
  cache.set('hot', 1)
  for (let other = 0; other < 100; other++) {
    cache.set(`other ${other}`, other)
    expect(cache.get('hot')).toBe(1)
  }
})

test('a deleted entry is gone', () => {
  const cache = createBoundedCache<string, number>(2)
  cache.set('a', 1)
  cache.set('b', 2)
  cache.delete('a')
  expect(cache.get('a')).toBeUndefined()
  expect(cache.get('b')).toBe(2)
})
