import { expect, test } from 'vitest'
import { splitHidden } from './hidden.ts'

test.each([
  ['', []],
  ['plain\r\n\ttext', ['plain\r\n\ttext']],
  ['a\u202eb', ['a', 'U+202E', 'b']],
  ['\u001b[31m\u0000', ['U+001B', '[31m', 'U+0000']],
  ['سلام 👨‍👩‍👧', ['سلام 👨‍👩‍👧']],
])('what would not be seen in %j is told by its name, and the pieces are the text', (text, expected) => {
  const pieces = splitHidden(text)
  expect(pieces.map(({ text: part, name }) => name ?? part)).toEqual(expected)
  expect(pieces.map(({ text: part }) => part).join('')).toBe(text)
})
