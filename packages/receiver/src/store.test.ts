import { expect, test } from 'vitest'
import { createMemoryStore } from './store.ts'

test('the memory store forgets what is over', () => {
  let nowMs = 1_000
  const store = createMemoryStore({ now: () => nowMs })
  expect(store.claim('a', 60)).toBe('claimed')
  expect(store.claim('a', 60)).toBe('running')
  store.complete('a', 500)
  expect(store.claim('a', 60)).toBe('done')
  nowMs += 499
  expect(store.claim('a', 60)).toBe('done')
  nowMs += 1
  expect(store.claim('a', 60)).toBe('claimed')
  store.release('a')
  expect(store.claim('a', 60)).toBe('claimed')
})

test('the memory store keeps the newest ids and no more than told', () => {
  const store = createMemoryStore({ idsMax: 3, now: () => 0 })
  for (const id of ['a', 'b', 'c', 'd']) store.claim(id, 60)
  expect(store.claim('d', 60)).toBe('running')
  expect(store.claim('b', 60)).toBe('running')
  expect(store.claim('a', 60)).toBe('claimed')
})
