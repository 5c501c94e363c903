import { expect, test } from 'vitest'
import { splitTiming } from './split-timing.ts'

const sum = (parts: ReturnType<typeof splitTiming>) => parts.reduce((total, { durationMs }) => total + durationMs, 0)

test('the steps of a whole attempt are in order and add up to the total', () => {
  const parts = splitTiming({ dns_ms: 2, connect_ms: 10, tls_ms: 20, first_byte_ms: 60, total_ms: 75 })
  expect(parts.map(({ step }) => step)).toEqual(['dns', 'connect', 'tls', 'wait', 'body'])
  expect(parts.map(({ durationMs }) => durationMs)).toEqual([2, 10, 20, 28, 15])
  expect(sum(parts)).toBe(75)
})

test('a connection that was used again has only waiting and answer', () => {
  const parts = splitTiming({ dns_ms: null, connect_ms: null, tls_ms: null, first_byte_ms: 5, total_ms: 6 })
  expect(parts.map(({ step }) => step)).toEqual(['wait', 'body'])
})

test('without an answer the rest of the time was waiting', () => {
  const parts = splitTiming({ dns_ms: 3, connect_ms: 4, tls_ms: null, first_byte_ms: null, total_ms: 10_000 })
  expect(parts.at(-1)).toMatchObject({ step: 'wait', durationMs: 9_993 })
  expect(sum(parts)).toBe(10_000)
})
