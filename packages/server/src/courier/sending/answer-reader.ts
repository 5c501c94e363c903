import { type AttemptCause, RESPONSE_READ_BYTES_MAX } from '@ringback/contract'
import type { HeaderList } from '../../store/deliveries.ts'

/** What an answer consists of, told in this order as it comes in. */
export interface AnswerParts {
  /** Once, of the final answer; informational ones (100, 103) are passed over. */
  onHead(status: number, headers: HeaderList): void
  /** A view of what was read, good only during the call. */
  onBody(part: Buffer): void
}

/** `enough`: the head was whole, and more of the body than anybody wants was read. */
export type Progress = 'more' | 'complete' | 'enough'

/** An answer that is not HTTP/1.1 as RFC 9112 has it, or with longer headers than anybody needs. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError'
  readonly attemptCause: Extract<AttemptCause, 'protocol' | 'response_too_large'>

  constructor(message: string, attemptCause: AnswerError['attemptCause'] = 'protocol') {
    super(message)
    this.attemptCause = attemptCause
  }
}

/** Bytes of the heads of an answer, informational ones included: as much as Node and most servers take. */
const HEADS_BYTES_MAX = 16 * 1_024

const HEAD_END = '\r\n\r\n'

/** How every answer begins, in versions that can be understood. */
const BEGINNING = 'HTTP/1.'

/** RFC 9112 section 4. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/

/** What no head contains: control characters, and half a line end (RFC 9110 section 5.5, RFC 9112 section 2.2). */
const NOT_IN_HEAD = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?=[^\n])|(?<!\r)\n/g

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Up to 15 digits: what a number holds exactly. */
const LENGTH = /^\d{1,15}$/

/** RFC 9112 section 7.1, extensions left out. */
const CHUNK_SIZE = /^([0-9a-f]{1,8})(?:;.*)?$/i

/** A receiver closes after the time it announces; used a second before that, a request of ours would cross with it. */
const CROSSING_MS = 1_000

/**
 * Reads one answer from the bytes of a connection, in whatever pieces they come: its heads, and a body of a length, in
 * chunks or until the receiver closes (RFC 9112 section 6.3). As strict as Node's own parser, because an answer that two
 * programs understand differently is a way into one of them; `answer-reader-against-node.test.ts` compares the two.
 */
export class AnswerReader {
  readonly #parts: AnswerParts
  #state: 'head' | 'length' | 'until-close' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'complete' = 'head'
  /** A head or a line that has begun. */
  #begun = ''
  #headsBytes = 0
  #bodyBytes = 0
  /** Of the length, or of the chunk. */
  #leftBytes = 0
  #idleMsMax = Number.POSITIVE_INFINITY

  constructor(parts: AnswerParts) {
    this.#parts = parts
  }

  /** How long the connection of a complete answer may be idle before its next request, in milliseconds; 0 for never. */
  get idleMsMax(): number {
    return this.#idleMsMax
  }

  /** @throws AnswerError */
  read(bytes: Buffer): Progress {
    let at = 0
    while (at < bytes.length && this.#state !== 'complete') {
      if (this.#state === 'head') at = this.#readHead(bytes, at)
      else {
        const next = this.#readBody(bytes, at)
        this.#bodyBytes += next - at
        at = next
      }
      if (this.#bodyBytes > RESPONSE_READ_BYTES_MAX) return 'enough'
    }
    if (this.#state !== 'complete') return 'more'
    // What comes after an answer is not the next one's: nothing was asked.
    if (at < bytes.length) this.#idleMsMax = 0
    return 'complete'
  }

  /** Whether the answer is complete if the receiver closes now. */
  get completeAtClose(): boolean {
    return this.#state === 'until-close'
  }

  #readHead(bytes: Buffer, from: number): number {
    const before = this.#begun.length
    const room = HEADS_BYTES_MAX - this.#headsBytes - before
    const text = this.#begun + bytes.toString('latin1', from, Math.min(bytes.length, from + room))
    const length = text.indexOf(HEAD_END, Math.max(0, before - HEAD_END.length))
    if (!(text.startsWith(BEGINNING) || BEGINNING.startsWith(text))) {
      throw new AnswerError('it does not begin with HTTP/1.')
    }
    // Only what is new, and the character before it: of a head that drips, all of it would be looked at with each byte.
    NOT_IN_HEAD.lastIndex = Math.max(0, before - 1)
    if (NOT_IN_HEAD.test(length === -1 ? text : text.slice(0, length + 2))) throw new AnswerError(CONTROL_CHARACTER)
    if (length !== -1) {
      const taken = length + HEAD_END.length
      this.#begun = ''
      this.#headsBytes += taken
      this.#takeHead(text.slice(0, length))
      return from + taken - before
    }
    if (text.length - before === room) throw new AnswerError(HEADERS_TOO_LONG, 'response_too_large')
    this.#begun = text
    return bytes.length
  }

  #takeHead(head: string): void {
    const [statusLine = '', ...lines] = head.split('\r\n')
    const [, minor, digits] = STATUS_LINE.exec(statusLine) ?? []
    if (digits === undefined) throw new AnswerError('its first line has no status')
    const status = Number(digits)
    const headers = lines.map(headerOf)
    if (status === 101) throw new AnswerError('a switch to another protocol that was not asked for')
    if (status < 200) return
    this.#frame(status, headers)
    if (minor === '0') this.#idleMsMax = 0
    this.#parts.onHead(status, headers)
  }

  /** Finds out where the body ends, and what may come after it. */
  #frame(status: number, headers: HeaderList): void {
    let length: string | null = null
    let codings: string | null = null
    for (const [name, value] of headers) {
      switch (name.toLowerCase()) {
        case 'content-length':
          if (length !== null || !LENGTH.test(value)) throw new AnswerError('Content-Length is not one number')
          length = value
          break
        case 'transfer-encoding':
          if (value === '') throw new AnswerError('Transfer-Encoding is empty')
          codings = codings === null ? value : `${codings},${value}`
          break
        case 'connection':
          if (/(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(value)) this.#idleMsMax = 0
          break
        case 'keep-alive':
          this.#limitIdle(/(?:^|[\s,])timeout=(\d+)/i.exec(value)?.[1])
          break
      }
    }
    if (length !== null && codings !== null) throw new AnswerError('both Content-Length and Transfer-Encoding')
    if (status === 204 || status === 304) {
      this.#state = 'complete'
      // A receiver that announces a body may send it all the same, and it would be read as the next answer.
      if (codings !== null || Number(length) > 0) this.#idleMsMax = 0
    } else if (codings !== null) this.#state = /(?:^|,)[ \t]*chunked$/i.test(codings) ? 'chunk-size' : 'until-close'
    else if (length === null) this.#state = 'until-close'
    else {
      this.#leftBytes = Number(length)
      this.#state = this.#leftBytes === 0 ? 'complete' : 'length'
    }
  }

  #limitIdle(seconds: string | undefined): void {
    if (seconds === undefined) return
    this.#idleMsMax = Math.min(this.#idleMsMax, Math.max(0, Number(seconds) * 1_000 - CROSSING_MS))
  }

  /** Reads one piece of the body, or the line between two; gives where the next begins. */
  #readBody(bytes: Buffer, from: number): number {
    switch (this.#state) {
      case 'until-close':
        this.#parts.onBody(from === 0 ? bytes : bytes.subarray(from))
        return bytes.length
      case 'length':
      case 'chunk': {
        const end = Math.min(bytes.length, from + this.#leftBytes)
        this.#parts.onBody(bytes.subarray(from, end))
        this.#leftBytes -= end - from
        if (this.#leftBytes === 0) this.#state = this.#state === 'length' ? 'complete' : 'chunk-end'
        return end
      }
      default:
        return this.#readLine(bytes, from)
    }
  }

  #readLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf('\n', from)
    this.#begun += bytes.toString('latin1', from, end === -1 ? bytes.length : end)
    if (end === -1) return bytes.length
    if (!this.#begun.endsWith('\r')) throw new AnswerError('a line between chunks ends without CR')
    const line = this.#begun.slice(0, -1)
    this.#begun = ''
    this.#takeLine(line)
    return end + 1
  }

  #takeLine(line: string): void {
    if (this.#state === 'chunk-size') {
      const size = CHUNK_SIZE.exec(line)?.[1]
      if (size === undefined) throw new AnswerError('the size of a chunk is no number')
      this.#leftBytes = Number.parseInt(size, 16)
      this.#state = this.#leftBytes === 0 ? 'trailers' : 'chunk'
    } else if (this.#state === 'chunk-end') {
      if (line !== '') throw new AnswerError('a chunk is longer than it says')
      this.#state = 'chunk-size'
    } else if (line === '') this.#state = 'complete'
  }
}

const CONTROL_CHARACTER = 'a control character in its headers, or a line that does not end with CR LF'
const HEADERS_TOO_LONG = `the headers of the answer are longer than ${HEADS_BYTES_MAX / 1_024} KiB`

function headerOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(0, colon))
  if (!TOKEN.test(name)) throw new AnswerError('a line of the headers has no name')
  return [name, withoutBlanks(line, colon + 1)]
}

/** The rest of a line without spaces and tabs around it; `trim` would take more than HTTP allows (RFC 9110 section 5.6.3). */
function withoutBlanks(line: string, from: number): string {
  let start = from
  let end = line.length
  while (start < end && isBlank(line.charCodeAt(start))) start++
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--
  return line.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
