import { Tokenize } from 'rtf-stream-parser'
import { ToPlainText } from 'rtf-stream-parser/dist/src/ToPlainText.js'
import { unreadable } from './problems.ts'

/** A token as the library's tokenizer gives it; its own type tells the kinds apart by the names of an enumeration. */
interface Token {
  readonly type: number
  readonly word?: string
  readonly param?: number
  readonly data?: Buffer
}

const [GROUP_START, GROUP_END, CONTROL, TEXT] = [0, 1, 2, 3] as const

/** Groups whose text is not text of the document. The library drops the others that are none. */
const SILENT_GROUPS: ReadonlySet<string> = new Set(['info', 'pict', 'object', 'themedata', 'datastore', 'xmlnstbl'])

/** Deepest nesting of groups. Documents have about twenty. */
const GROUPS_MAX = 1_000

/** Code pages that RTF names and the platform calls otherwise. */
const ENCODINGS: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  cp10000: 'macintosh',
  cp65001: 'utf-8',
}

/** Text of an RTF document, without what it hides (`\v`). */
export function readRtf(bytes: Uint8Array): string {
  const pieces: string[] = []
  const tokenizer = new Tokenize()
  const writer = new ToPlainText({ decode: decodeText, warn: () => {} })
  // The two are streams; driven by hand they do the same at once, as the library's own `deEncapsulateSync` does it.
  const filter = createFilter((token) => writer._transform(token as never, '', throwIfAny))
  tokenizer.push = (token: Token) => {
    filter(token)
    return true
  }
  writer.push = (piece: string) => {
    pieces.push(piece)
    return true
  }
  try {
    tokenizer._transform(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 'latin1', throwIfAny)
    tokenizer._flush(throwIfAny)
    writer._flush(throwIfAny)
  } catch (error) {
    throw unreadable('RTF', error)
  }
  return pieces.join('')
}

function throwIfAny(error?: unknown): void {
  if (error) throw error
}

/** Leaves out silent groups and hidden text, and sets cells and rows of tables apart. */
function createFilter(pass: (token: Token) => void): (token: Token) => void {
  const groups: { silent: boolean; hidden: boolean }[] = []
  return (token) => {
    const group = groups.at(-1)
    if (token.type === GROUP_START) {
      if (groups.length === GROUPS_MAX) throw new Error('groups are nested too deeply')
      groups.push({ silent: group?.silent ?? false, hidden: group?.hidden ?? false })
    } else if (token.type === CONTROL && group) {
      if (SILENT_GROUPS.has(token.word ?? '')) group.silent = true
      if (token.word === 'v') group.hidden = token.param !== 0
      if (token.word === 'plain') group.hidden = false
    }
    const isText = token.type === TEXT || token.word === "'" || token.word === 'u'
    // Groups are passed on in any case: the writer counts them.
    if (isText && (group?.silent || group?.hidden)) return
    if (token.type === GROUP_END) groups.pop()
    if (token.word === 'cell' && !group?.silent) pass({ type: TEXT, data: Buffer.from('\t') })
    pass(token.word === 'row' ? { type: CONTROL, word: 'par' } : token)
  }
}

function decodeText(bytes: Buffer, encoding: string): string {
  const label = ENCODINGS[encoding] ?? encoding.replace(/^cp(\d+)$/, 'windows-$1')
  try {
    return new TextDecoder(label).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
