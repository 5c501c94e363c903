/** Controls, and what turns the direction of text round: a text with them is shown otherwise than it is. */
const HIDDEN = /([\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])/u

/** Line breaks and tabs are shown by what they do. */
const HARMLESS = /[\n\r\t]/

/** A piece of a text; one character that would not be seen has its name. */
export interface Piece {
  readonly text: string
  readonly name: string | null
}

/** A text in pieces, with the characters that would not be seen by themselves: `U+202E`. Together they are the text. */
export function splitHidden(text: string): Piece[] {
  const pieces: Piece[] = []
  for (const [index, part] of text.split(HIDDEN).entries()) {
    const last = pieces.at(-1)
    const isShown = index % 2 === 0 || HARMLESS.test(part)
    if (!isShown) pieces.push({ text: part, name: nameOf(part) })
    else if (last?.name === null) pieces[pieces.length - 1] = { text: last.text + part, name: null }
    else if (part !== '') pieces.push({ text: part, name: null })
  }
  return pieces
}

function nameOf(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}
