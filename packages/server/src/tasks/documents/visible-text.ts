/**
 * Characters that people do not see and models do: zero-width and bidirectional marks, soft hyphens, invisible
 * operators, the "tag" alphabet, and control characters other than line breaks and tabs. They carry hidden instructions
 * into documents, and nothing that a reader would miss.
 */
const HIDDEN = /(?![\t\n])[\p{Cc}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/gu

/** The text that a reader sees: without hidden characters, with `\n` as its line break and at most one blank line. */
export function visibleTextOf(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\v\f]/g, '\n')
    .replace(HIDDEN, '')
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
