import { stripHiddenCharacters } from '../lib/hidden-characters.ts'
import { TaskError } from './task.ts'

/** Marks that models write in another form than the text has them, each with the form that stands for all. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  [`'‘’ʼ`, `"“”„«»`, '-‐‑–—−'].flatMap((forms) => [...forms].map((form) => [form, forms.charAt(0)] as const)),
)

/** Longest quote in characters: an address, two sentences. */
const QUOTE_LENGTH_MAX = 1_000

/**
 * Finds what a model says stands in a text, and gives it as it stands there; null when it does not. Case, white space
 * and the form of quotation marks and dashes make no difference.
 */
export type FindQuote = (quote: string) => string | null

export function createQuoteFinder(text: string): FindQuote {
  // The model was shown the text without them.
  const source = stripHiddenCharacters(text)
  let folded: Folded | undefined
  return (quote) => {
    const wanted = fold(stripHiddenCharacters(quote).trim()).text
    if (wanted === '' || wanted.length > QUOTE_LENGTH_MAX) return null
    folded ??= fold(source)
    const from = placeOf(wanted, folded.text)
    if (from < 0) return null
    return source.slice(folded.positions[from], (folded.positions[from + wanted.length - 1] ?? 0) + 1)
  }
}

/**
 * Where a text stands in another; -1 when it does not. Looks at each character once (Knuth, Morris and Pratt): callers write the
 * text and, by way of the model, the quotes, on the event loop. `indexOf` took 40 ms for each quote of 1,000 characters that
 * nearly stands everywhere in half a million (`a a a … b`), and an answer holds a hundred of them; this takes 1 to 4 ms for
 * any. A regular expression could take seconds.
 */
function placeOf(wanted: string, text: string): number {
  const units = Uint16Array.from({ length: wanted.length }, (_, at) => wanted.charCodeAt(at))
  /** For each beginning of `wanted`, how much of its end is a beginning again. */
  const again = new Uint16Array(units.length)
  for (let at = 1, matched = 0; at < units.length; at++) {
    while (matched > 0 && units[at] !== units[matched]) matched = again[matched - 1] ?? 0
    if (units[at] === units[matched]) matched++
    again[at] = matched
  }
  for (let at = 0, matched = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    while (matched > 0 && unit !== units[matched]) matched = again[matched - 1] ?? 0
    if (unit === units[matched]) matched++
    if (matched === units.length) return at - matched + 1
  }
  return -1
}

interface Folded {
  readonly text: string
  /** Where each code unit of the folded text stands in the original. */
  readonly positions: readonly number[]
}

/** Lower case, one space for each run of white space, one form for each mark. */
function fold(text: string): Folded {
  const units: string[] = []
  const positions: number[] = []
  for (let position = 0; position < text.length; position += 1) {
    const unit = text.charAt(position)
    const isSpace = unit.trim() === ''
    if (isSpace && units.at(-1) === ' ') continue
    const lower = unit.toLowerCase()
    // Some letters become two in lower case, and positions must not move.
    units.push(isSpace ? ' ' : (LOOKALIKES.get(unit) ?? (lower.length === 1 ? lower : unit)))
    positions.push(position)
  }
  return { text: units.join(''), positions }
}

/** What is wrong with quotes, for the model; null when all of them stand in the text. Names them by their place only. */
export function doubtQuotes(
  quotes: readonly string[],
  find: FindQuote,
  nameOf: (index: number) => string,
): string | null {
  const wrong = [...quotes.keys()].filter((index) => find(quotes[index] ?? '') === null)
  if (wrong.length === 0) return null
  return `${wrong.map(nameOf).join(', ')}: must be copied from the text, character by character.`
}

/**
 * The items whose quote stands in the text, each with the quote as it stands there, and each quote once.
 *
 * A quote that was wrong twice is dropped: the answer without it is as true, and with it is not. But when nothing is
 * left of a list, the empty list would say that the text has none, which nobody said.
 * @throws TaskError `model.invalid_output` when no quote of the list stands in the text
 */
export function keepQuotes<Item>(
  items: readonly Item[],
  find: FindQuote,
  quoteOf: (item: Item) => string,
): { readonly item: Item; readonly quote: string }[] {
  const kept = new Map<string, { item: Item; quote: string }>()
  for (const item of items) {
    const quote = find(quoteOf(item))
    if (quote !== null && !kept.has(quote)) kept.set(quote, { item, quote })
  }
  if (items.length > 0 && kept.size === 0) {
    throw new TaskError('model.invalid_output', 'The model twice gave parts of the text that are not in it.')
  }
  return [...kept.values()]
}
