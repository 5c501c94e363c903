import { describe, expect, test } from 'vitest'
import { LIST_PRICES } from './list-prices.ts'
import { costMicroUsd, type PriceTable, priceOf } from './prices.ts'

const NOW = Date.UTC(2026, 10, 24)
const TABLE: PriceTable = [
  { model: 'openai/m', from: '2025-01-01', input: 2, output: 8 },
  { model: 'openai/m', from: '2026-01-01', input: 1, output: 4 },
  { model: 'openai/m', from: '2026-12-01', input: 9, output: 9 },
  { model: 'openai/m-2026-02-01', from: '2026-02-01', input: 3, output: 3 },
  { model: 'anthropic/m', from: '2025-01-01', input: 5, output: 5 },
]
const asked = { provider: 'openai', modelId: 'm' }
const inputPrice = (answered: string | null, now = NOW, table = TABLE) =>
  priceOf(table, asked, answered, now)?.input ?? null

describe('the price of a call', () => {
  test('is the one that held on its day', () => {
    expect(inputPrice('m', Date.UTC(2025, 11, 31, 23, 59, 59, 999))).toBe(2)
    expect(inputPrice('m', Date.UTC(2026, 0, 1))).toBe(1)
    expect(inputPrice('m', Date.UTC(2026, 11, 1))).toBe(9)
    expect(inputPrice('m', Date.UTC(2024, 0, 1))).toBeNull()
  })

  test('is that of the model that answered, with its version or without, else of the one that was asked for', () => {
    expect(inputPrice('m-2026-02-01')).toBe(3)
    expect(inputPrice('m-2026-03-01')).toBe(1)
    expect(inputPrice('m-20260301')).toBe(1)
    expect(inputPrice('something-else')).toBe(1)
    expect(inputPrice(null)).toBe(1)
    expect(priceOf(TABLE, { provider: 'openai', modelId: 'unknown' }, 'unknown', NOW)).toBeNull()
    expect(priceOf(TABLE, { provider: 'google', modelId: 'm' }, 'm', NOW)).toBeNull()
  })

  test('of two for the same day the later line counts', () => {
    expect(inputPrice('m', NOW, [...TABLE, { model: 'openai/m', from: '2026-01-01', input: 7, output: 7 }])).toBe(7)
  })
})

describe('the cost of a call', () => {
  const price = { model: 'openai/m', from: '2025-01-01', input: 1.25, cachedInput: 0.125, output: 10 }

  test('is whole millionths of a dollar: cached tokens at their own price, the rest rounded up', () => {
    const tokens = { inputTokens: 1_000, outputTokens: 100, cachedTokens: 800 }
    expect(costMicroUsd(price, tokens)).toBe(250 + 100 + 1_000)
    expect(costMicroUsd(price, { ...tokens, cachedTokens: null })).toBe(1_250 + 1_000)
    expect(costMicroUsd(price, { inputTokens: 1, outputTokens: 0, cachedTokens: 0 })).toBe(2)
    expect(
      costMicroUsd({ ...price, input: 0.1, output: 0.4 }, { inputTokens: 30, outputTokens: 0, cachedTokens: 0 }),
    ).toBe(3)
  })

  test('without a cache price, cached tokens cost as the others', () => {
    const { cachedInput: _, ...plain } = price
    expect(costMicroUsd(plain, { inputTokens: 1_000, outputTokens: 0, cachedTokens: 800 })).toBe(1_250)
  })

  test('is not known when the price or the tokens are not', () => {
    expect(costMicroUsd(null, { inputTokens: 1, outputTokens: 1, cachedTokens: 0 })).toBeNull()
    expect(costMicroUsd(price, { inputTokens: null, outputTokens: 1, cachedTokens: 0 })).toBeNull()
    expect(costMicroUsd(price, { inputTokens: 1, outputTokens: null, cachedTokens: 0 })).toBeNull()
  })
})

test('the list has each model once for a day, with days and prices that make sense', () => {
  const keys = LIST_PRICES.map(({ model, from }) => `${model} ${from}`)
  expect(new Set(keys).size).toBe(keys.length)
  for (const { model, from, input, output, cachedInput = 0 } of LIST_PRICES) {
    expect(model).toMatch(/^(openai|anthropic|google)\/[a-z0-9.-]+$/)
    expect(new Date(from).toISOString().slice(0, 10)).toBe(from)
    expect(cachedInput).toBeLessThan(input)
    expect(input).toBeLessThan(output)
  }
})
