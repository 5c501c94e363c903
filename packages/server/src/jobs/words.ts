/** A run of letters, digits and what else is no white space, as word processors count. */
const WORD = /\S+/g

/**
 * Words of all texts in the input of a job (JSON text), field names not counted. Scripts that are written without
 * spaces count a sentence as one word.
 */
export function countWords(input: string): number {
  let words = 0
  // A list and no recursion: an input may be nested deeper than the stack, and an error here would end the process.
  const open: unknown[] = [JSON.parse(input)]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') words += value.match(WORD)?.length ?? 0
    else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) open.push(part)
  }
  return words
}
