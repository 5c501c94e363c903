import type { Environment } from '../../config/parse-config.ts'

/** How texts look. Without colours they are the texts themselves, so that what is copied or piped is clean. */
export interface Style {
  good(text: string): string
  bad(text: string): string
  soft(text: string): string
  strong(text: string): string
}

/**
 * Colours for people at a terminal, unless they said no (`NO_COLOR`, https://no-color.org), and for whoever asks for them
 * (`FORCE_COLOR`, which counts more than all else, as in Node; `0` and `false` mean none).
 */
export function createStyle({ isTerminal, env }: { readonly isTerminal: boolean; readonly env: Environment }): Style {
  const asked = env.FORCE_COLOR ?? ''
  const isOn =
    asked === '' ? isTerminal && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb' : !['0', 'false'].includes(asked)
  const paint = (code: number) => (text: string) => (isOn ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { good: paint(32), bad: paint(31), soft: paint(2), strong: paint(1) }
}

/**
 * Text of strangers as it may be shown: without what moves the cursor, changes colours or turns the direction of
 * writing. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[^\P{C}\n\t]/gu, '\ufffd')
}

/** Hours, minutes and seconds of the local day. */
export function clockTime(now: number): string {
  const at = new Date(now)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}

/** `8 ms`, `1.2 s`. */
export function formatMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

/** JSON over several lines, other text as it is; each line indented. */
export function formatBody(text: string, indent: string): string {
  return printable(spread(text))
    .split('\n')
    .map((line) => indent + line)
    .join('\n')
}

function spread(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
