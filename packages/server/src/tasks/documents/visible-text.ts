import { stripHiddenCharacters } from '../../lib/hidden-characters.ts'

/** Control characters but for line breaks and tabs. */
const CONTROL = /(?![\t\n])\p{Cc}/gu

/**
 * The text of a document as a reader sees it: without characters that no screen shows, with `\n` as its line break and at
 * most one blank line.
 */
export function visibleTextOf(text: string): string {
  return stripHiddenCharacters(text.toWellFormed())
    .replace(/\r\n?|[\u2028\u2029\v\f]/g, '\n')
    .replace(CONTROL, '')
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
