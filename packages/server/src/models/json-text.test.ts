import { expect, test } from 'vitest'
import { extractJson } from './json-text.ts'

test.each([
  ['{"a":1}', '{"a":1}'],
  ['```json\n{"a":1}\n```', '{"a":1}'],
  ['```\n{"a":"```"}\n```\n', '{"a":"```"}'],
  ['Here you are: {"a":{"b":2}} Bye.', '{"a":{"b":2}}'],
  ['<think>{not this}</think>\n\n{"a":1}', '{"a":1}'],
  ['{not this}? No.\n</think>{"a":1}', '{not this}? No.\n</think>{"a":1}'],
  ['Is it {this}? No.\n</think>\n{"a":1}', '{"a":1}'],
  ['<thinking>{this}</thinking>```json\n{"a":1}\n```', '{"a":1}'],
  ['{"a":"</think>{"}', '{"a":"</think>{"}'],
  ['{"a":"cut', '{"a":"cut'],
  [' no object ', 'no object'],
  ['} backwards {', '} backwards {'],
  ['', ''],
])('the JSON of %j is %j', (answer, json) => {
  expect(extractJson(answer)).toBe(json)
})

test('an answer of nothing but line breaks is looked through once, not once for each of them', () => {
  expect(extractJson(`${'\n'.repeat(2_000_000)}x`)).toBe('x')
})
