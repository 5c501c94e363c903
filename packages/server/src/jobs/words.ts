/** A run of letters, digits and what else is no white space, as word processors count. */
const WORD = /\S+/g

/**
 * Words of all texts in the input of a job (JSON text), field names not counted. Scripts that are written without
 * spaces count a sentence as one word.
 */
export function countWords(input: string): number {
  return wordsIn(JSON.parse(input))
}

function wordsIn(value: unknown): number {
  if (typeof value === 'string') return value.match(WORD)?.length ?? 0
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, part) => sum + wordsIn(part), 0)
}
