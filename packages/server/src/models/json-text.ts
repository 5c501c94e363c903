/**
 * What reasoning models on local servers print before they answer. Some templates leave the opening tag out. An answer that
 * begins as one is none: it may speak of the tag. Begins at the first visible character: white space that may be left out is
 * tried with and without each piece of it, and models that lose the thread write nothing else.
 */
const REASONING = /^(?![{`])[\s\S]*?<\/think(?:ing)?>/

/**
 * The JSON object in an answer that has more around it: a Markdown fence, a friendly sentence, a reasoning block. Gives
 * the trimmed text itself when there is no object in it.
 */
export function extractJson(answer: string): string {
  const text = answer.trimStart().replace(REASONING, '').trim()
  const from = text.indexOf('{')
  const to = text.lastIndexOf('}')
  return from >= 0 && to > from ? text.slice(from, to + 1) : text
}
