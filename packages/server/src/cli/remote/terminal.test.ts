import { expect, test } from 'vitest'
import { createStyle, formatBody, formatMs, printable } from './terminal.ts'

test.each([
  ['a terminal', true, {}, '\u001b[32mok\u001b[0m'],
  ['a terminal of somebody who wants none', true, { NO_COLOR: '1' }, 'ok'],
  ['a terminal with the setting left empty', true, { NO_COLOR: '' }, '\u001b[32mok\u001b[0m'],
  ['a terminal that cannot', true, { TERM: 'dumb' }, 'ok'],
  ['a pipe or a file', false, {}, 'ok'],
  [
    'a pipe of somebody who wants them, such as CI',
    false,
    { FORCE_COLOR: '1', NO_COLOR: '1' },
    '\u001b[32mok\u001b[0m',
  ],
  ['a pipe with the setting left empty', false, { FORCE_COLOR: '' }, 'ok'],
  ['a terminal with colours forced off', true, { FORCE_COLOR: '0' }, 'ok'],
])('colours: %s', (_what, isTerminal, env, expected) => {
  expect(createStyle({ isTerminal, env }).good('ok')).toBe(expected)
})

test('text of strangers cannot move the cursor, change colours, ring, or turn the direction of writing', () => {
  expect(printable('a\u001b[2Jb\u0007c\u202ed\re\r\nf\tg')).toBe('a\ufffd[2Jb\ufffdc\ufffdd\ne\nf\tg')
})

test('JSON is spread over lines, and other text stays as it is', () => {
  expect(formatBody('{"a":1}', '> ')).toBe('> {\n>   "a": 1\n> }')
  expect(formatBody('a\u001b\nb', '> ')).toBe('> a\ufffd\n> b')
})

test('durations are short', () => {
  expect([0.4, 12.4, 999, 1_000, 61_234].map(formatMs)).toEqual(['0 ms', '12 ms', '999 ms', '1.0 s', '61.2 s'])
})
