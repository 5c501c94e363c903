import { describe, expect, test } from 'vitest'
import { retryAfterMs, toTaskError } from './errors.ts'

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0)

describe('the wait that a provider asks for', () => {
  test.each([
    [{}, undefined],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': ' 120 ' }, 120_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after-ms': '12.5' }, 13],
    [{ 'retry-after-ms': 'x', 'retry-after': '2' }, 2_000],
  ])('%j is %s ms', (headers, expected) => {
    expect(retryAfterMs(headers as Record<string, string>, NOW)).toBe(expected)
  })
})

test('an error that says nothing about the provider is given back as it is', () => {
  const bug = new TypeError('x is not a function')
  expect(toTaskError(bug, { now: NOW, apiKey: null })).toBe(bug)
})
