/**
 * What reasoning models on local servers print before they answer. Some templates leave the opening tag out. An answer that
 * begins as one is none: it may speak of the tag.
 */
const REASONING = /^\s*(?![{`])[\s\S]*?<\/think(?:ing)?>/

/**
 * The JSON object in an answer that has more around it: a Markdown fence, a friendly sentence, a reasoning block. Gives
 * the trimmed text itself when there is no object in it.
 */
export function extractJson(answer: string): string {
  const text = answer.replace(REASONING, '').trim()
  const from = text.indexOf('{')
  const to = text.lastIndexOf('}')
  return from >= 0 && to > from ? text.slice(from, to + 1) : text
}
