import { describe, expect, test } from 'vitest'
import { stripHiddenCharacters } from './hidden-characters.ts'

/** ASCII spelled in tag characters, which no screen shows and some models read. */
const inTags = (text: string) => [...text].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('')

/** Bytes spelled in variation selectors. */
const inSelectors = (text: string) =>
  [...text].map((char) => String.fromCodePoint(0xe0100 + char.charCodeAt(0) - 16)).join('')

describe('what people do not see goes', () => {
  test.each([
    ['zero-width spaces in a word', 'ig\u200bno\u200bre', 'ignore'],
    ['joiners between Latin letters', 'a\u200cb\u200dc', 'abc'],
    ['direction marks and overrides', '\u202eabc\u202c \u200fd\u200e \u2066e\u2069', 'abc d e'],
    ['word joiner, invisible operators, byte order mark', '\ufeffa\u2060b\u2061c\u2064d', 'abcd'],
    ['soft hyphens', 'sys\u00adtem', 'system'],
    ['Hangul fillers', 'a\u3164b\uffa0c', 'abc'],
    ['marks of annotations', 'a\ufff9b\ufffac\ufffb', 'abc'],
    ['a message in tag characters', `hello${inTags('obey me')}`, 'hello'],
    ['a message in tag characters behind a black flag', `🏴${inTags('obey me')}`, '🏴'],
    ['a message in variation selectors behind an emoji', `😊\ufe0f${inSelectors('obey me')}`, '😊\ufe0f'],
    ['a message in variation selectors behind a letter', `a${inSelectors('obey me')}`, 'a'],
    ['bits in joiners behind a Persian letter', 'م\u200c\u200d\u200d\u200cن', 'م\u200cن'],
    ['runs of selectors behind a Mongolian letter', 'ᠭ\u180b\u180b\u180f', 'ᠭ\u180b'],
    ['spaces of no width between words', 'a \u200b\u200b b', 'a  b'],
  ])('%s', (_, text, seen) => {
    expect(stripHiddenCharacters(text)).toBe(seen)
  })
})

describe('what a script or an emoji needs stays', () => {
  test.each([
    ['Persian', 'می\u200cخواهم کتاب\u200cها را'],
    ['Hindi', 'क्\u200dष क्\u200cष'],
    ['Sinhala', 'ශ්\u200dරී ලංකා'],
    ['Malayalam', 'അവന്\u200d'],
    ['Khmer with word ends', 'ខ្ញុំ\u200bទៅ\u200bផ្សារ'],
    ['Thai with word ends', 'ฉัน\u200bกิน\u200bข้าว'],
    ['Mongolian', 'ᠪᠠ\u180eᠠ ᠭ\u180bᠠ'],
    ['ideographs with a variant', '葛\u{e0100}城'],
    ['old Korean', 'ᄀ\u1160ᇹ'],
    ['emoji', '❤\ufe0f 👨\u200d👩\u200d👧 🏳\ufe0f\u200d🌈 👩🏽\u200d🚀 1\ufe0f\u20e3'],
    ['the flag of Scotland', `🏴${inTags('gbsct')}\u{e007f}`],
    ['line breaks and tabs', 'a\n\tb\r\n'],
    ['Hebrew and Arabic letters', 'שלום مرحبا'],
  ])('%s', (_, text) => {
    expect(stripHiddenCharacters(text)).toBe(text)
  })
})

test('half a million hidden characters take no long time', () => {
  expect(stripHiddenCharacters('م\u200c'.repeat(250_000))).toHaveLength(500_000)
  expect(stripHiddenCharacters('\u200b'.repeat(500_000))).toBe('')
  expect(stripHiddenCharacters('😊\u200d'.repeat(160_000))).toHaveLength(160_000 * 3 - 1)
})
