import { fileURLToPath } from 'node:url'

/** How Node begins the stack of what it could not parse: path and line, alone on the first line. */
const PARSE_ERROR = /^(?:file:\/\/)?(\/[^\n]*|[A-Za-z]:[^\n]*):(\d+)\n/

/** A line of a stack that is in a file. */
const FRAME = /(file:\/\/[^\s()]+?):(\d+):\d+\)?$/gm

/** Folders of programs of others and of ours: what is wrong there was called wrongly from elsewhere. */
const NOT_THEIRS = /\/node_modules\/|\/packages\/server\/src\//

/** `<file>:<line>` where an error of somebody's file came from; null when its stack does not say. */
export function placeOfError(error: unknown): string | null {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const parse = PARSE_ERROR.exec(stack)
  if (parse) return `${parse[1]}:${parse[2]}`
  return firstPlace(stack, (url) => !NOT_THEIRS.test(url))
}

/** `<file>:<line>` of whoever called a function in the module `ownUrl`; `here` is an error that was made in it. */
export function placeOfCaller(here: Error, ownUrl: string): string | null {
  return firstPlace(here.stack ?? '', (url) => url !== ownUrl)
}

function firstPlace(stack: string, isMeant: (url: string) => boolean): string | null {
  for (const [, url = '', line] of stack.matchAll(FRAME)) {
    if (isMeant(url)) return `${fileURLToPath(url)}:${line}`
  }
  return null
}

/** The number of the first line that the pattern finds in a text; 1 when it finds none. */
export function lineOf(source: string, pattern: RegExp | string): number {
  const index = typeof pattern === 'string' ? source.indexOf(pattern) : source.search(pattern)
  return index < 0 ? 1 : source.slice(0, index).split('\n').length
}
