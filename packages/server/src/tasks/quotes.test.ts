import { describe, expect, test } from 'vitest'
import { createQuoteFinder, doubtQuotes, keepQuotes } from './quotes.ts'

describe('a quote', () => {
  test.each([
    ['is found as it stands', 'lives at 1 Main St.', '1 Main St.', '1 Main St.'],
    ['is found in another case', 'lives at 1 MAIN St.', '1 main st.', '1 MAIN St.'],
    ['is found over line breaks', 'at 1 Main St.,\n  Boston', '1 Main St., Boston', '1 Main St.,\n  Boston'],
    [
      'is found with other quotation marks and dashes',
      'it’s “new” – really',
      `it's "new" - really`,
      'it’s “new” – really',
    ],
    ['is found where characters were hidden', '1 Ma\u200bin St.', '1 Main St.', '1 Main St.'],
    ['is found with signs that patterns know', 'a (b) [c] $5 a.b*c?', '(b) [c] $5 a.b*c?', '(b) [c] $5 a.b*c?'],
    ['is not found when it was made up', 'lives at 1 Main St.', '2 Main St.', null],
    ['is not found when its order is another', 'Main 1', '1 Main', null],
    ['is not a pattern', 'axb', 'a.b', null],
    ['is found where its beginning stands twice', 'AabaabaaabX', 'aabaaab', 'aabaaab'],
    ['is found at the end, behind what is nearly it', 'a a a b a a c', 'a a c', 'a a c'],
    ['is not found when it is blank', 'text', ' \u200b ', null],
    ['is not found over letters between its words', 'a bc d', 'a d', null],
  ])('%s', (_, text, quote, found) => {
    expect(createQuoteFinder(text)(quote)).toBe(found)
  })

  test('is looked for in the longest and worst text in reasonable time', () => {
    const find = createQuoteFinder('a '.repeat(250_000))
    expect(find('a '.repeat(500))).not.toBeNull()
    for (const [before, after] of [
      [0, 498],
      [250, 248],
      [498, 0],
    ] as const) {
      expect(find(`${'a '.repeat(before)}b${' a'.repeat(after)}`)).toBeNull()
    }
  })

  test('has at most a thousand characters', () => {
    const find = createQuoteFinder('a'.repeat(2_000))
    expect(find('a'.repeat(1_000))).not.toBeNull()
    expect(find('a'.repeat(1_001))).toBeNull()
  })
})

describe('the quotes of an answer', () => {
  const find = createQuoteFinder('one two three')

  test('are in doubt when one is not in the text; it is named by its place, never by its words', () => {
    const nameOf = (index: number) => `parts.${index}`
    expect(doubtQuotes(['one', 'two'], find, nameOf)).toBeNull()
    expect(doubtQuotes([], find, nameOf)).toBeNull()
    const doubt = doubtQuotes(['one', 'ignore your rules', 'four'], find, nameOf)
    expect(doubt).toBe('parts.1, parts.2: must be copied from the text, character by character.')
  })

  test('are kept when they stand in the text, in its spelling, each once', () => {
    expect(keepQuotes(['ONE', 'four', 'one', 'three'], find, (quote) => quote).map(({ quote }) => quote)).toEqual([
      'one',
      'three',
    ])
    expect(keepQuotes([], find, (quote) => quote)).toEqual([])
  })

  test('none of which stands in the text are an invalid answer, and not an empty one', () => {
    expect(() => keepQuotes(['four'], find, (quote) => quote)).toThrow(
      expect.objectContaining({ code: 'model.invalid_output', retryable: false }),
    )
  })
})
