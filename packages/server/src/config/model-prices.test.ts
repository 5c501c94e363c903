import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { modelPrices } from './model-prices.ts'
import { BadValue } from './setting.ts'

const folder = mkdtempSync(join(tmpdir(), 'ringback-prices-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a price holds always, or from its day on', () => {
  const text = JSON.stringify({
    'compatible/llama3.2': { input: 0.1, output: 0.4 },
    'openai/a/b': [{ input: 2, output: 8, cached_input: 0.5, from: '2026-01-01' }],
  })
  const prices = [
    { model: 'compatible/llama3.2', from: '1970-01-01', input: 0.1, output: 0.4 },
    { model: 'openai/a/b', from: '2026-01-01', input: 2, output: 8, cachedInput: 0.5 },
  ]
  expect(modelPrices(text)).toEqual(prices)
  writeFileSync(join(folder, 'prices.json'), text)
  expect(modelPrices(join(folder, 'prices.json'))).toEqual(prices)
  expect(modelPrices('')).toEqual([])
})

test.each([
  ['{"openai/m":{"input":1}}', 'openai/m'],
  ['{"openai/m":{"input":"1","output":1}}', 'openai/m'],
  ['{"openai/m":{"input":-1,"output":1}}', 'openai/m'],
  ['{"openai/m":{"input":1,"output":1,"cached":1}}', 'openai/m'],
  ['{"openai/m":{"input":1,"output":1,"from":"yesterday"}}', 'openai/m'],
  ['{"m":{"input":1,"output":1}}', '<provider>/<model>'],
  ['{"openai/m":', 'JSON'],
  [join(folder, 'missing.json'), 'cannot be read'],
])('%s is refused, and the reason names the place', (text, reason) => {
  expect(() => modelPrices(text)).toThrow(BadValue)
  expect(() => modelPrices(text)).toThrow(reason)
})
