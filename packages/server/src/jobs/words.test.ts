import { expect, test } from 'vitest'
import { countWords } from './words.ts'

test.each([
  ['{"content":"one two  three\\nfour\\tfive"}', 5],
  ['{"content":"Don\'t stop - now","tone":"kind"}', 5],
  ['{"items":[{"name":"red apple"},"pear",3,null,true],"content":""}', 3],
  ['{}', 0],
  ['{"content":"これは一つの文です。"}', 1],
])('%s has %i words', (input, words) => {
  expect(countWords(input)).toBe(words)
})

test('an input that is nested deeper than any stack has words like all others', () => {
  expect(countWords(`${'{"a":["one two",'.repeat(100_000)}"three"${']}'.repeat(100_000)}`)).toBe(200_001)
})
