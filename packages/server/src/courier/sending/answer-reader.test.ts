import { RESPONSE_READ_BYTES_MAX } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { AnswerError, AnswerReader, type Progress } from './answer-reader.ts'

/** Reads an answer piece by piece, as a connection would hand it over. */
function read(answer: string, pieceBytes = Number.POSITIVE_INFINITY) {
  const heads: unknown[] = []
  let body = ''
  const reader = new AnswerReader({
    onHead: (status, headers) => heads.push([status, headers]),
    onBody: (part) => {
      body += part.toString('latin1')
    },
  })
  const bytes = Buffer.from(answer, 'latin1')
  let progress: Progress = 'more'
  for (let at = 0; at < bytes.length && progress === 'more'; at += pieceBytes) {
    progress = reader.read(bytes.subarray(at, at + pieceBytes))
  }
  return { heads, body, progress, completeAtClose: reader.completeAtClose, idleMsMax: reader.idleMsMax }
}

function causeOf(answer: string): string {
  try {
    return read(answer).progress
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error
    return error.attemptCause
  }
}

const LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Name:  caf\xe9 \t\r\n\r\nhello'
const CHUNKS =
  'HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n2;a="b"\r\nhe\r\n3\r\nllo\r\n0\r\nX-Trailer: 1\r\n\r\n'
const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'

describe('an answer', () => {
  test.each([
    [
      'of a length',
      LENGTH,
      200,
      [
        ['Content-Length', '5'],
        ['X-Name', 'caf\xe9'],
      ],
    ],
    ['in chunks', CHUNKS, 500, [['Transfer-Encoding', 'chunked']]],
    [
      'after informational ones',
      HINTS + HINTS + LENGTH,
      200,
      [
        ['Content-Length', '5'],
        ['X-Name', 'caf\xe9'],
      ],
    ],
  ])('%s is the same in whatever pieces it comes', (_what, answer, status, headers) => {
    for (let pieceBytes = 1; pieceBytes <= answer.length; pieceBytes++) {
      expect(read(answer, pieceBytes)).toMatchObject({
        heads: [[status, headers]],
        body: 'hello',
        progress: 'complete',
      })
    }
  })

  test('without a length goes on until the receiver closes', () => {
    const answer = 'HTTP/1.0 200 OK\r\n\r\nhello'
    expect(read(answer)).toMatchObject({ body: 'hello', progress: 'more', completeAtClose: true })
  })

  test.each([LENGTH, CHUNKS])('that is cut off anywhere is not complete: %j', (answer) => {
    for (let length = 0; length < answer.length; length++) {
      expect(read(answer.slice(0, length))).toMatchObject({ progress: 'more', completeAtClose: false })
    }
  })

  test.each(['204 No Content', '304 Not Modified'])('%s has no body, whatever its headers say', (status) => {
    expect(read(`HTTP/1.1 ${status}\r\nContent-Length: 5\r\n\r\n`)).toMatchObject({ body: '', progress: 'complete' })
  })

  test.each(['204 No Content', '304 Not Modified'])(
    '%s that announces a body is the last of its connection',
    (status) => {
      for (const header of ['Content-Length: 5', 'Transfer-Encoding: chunked']) {
        expect(read(`HTTP/1.1 ${status}\r\n${header}\r\n\r\n`).idleMsMax).toBe(0)
      }
      for (const header of ['', 'Content-Length: 0\r\n']) {
        expect(read(`HTTP/1.1 ${status}\r\n${header}\r\n`).idleMsMax).toBe(Number.POSITIVE_INFINITY)
      }
    },
  )

  test('may have any coding before its chunks, which stays on', () => {
    const answer =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\ntransfer-encoding: Chunked\r\n\r\n1\r\n\x1f\r\n0\r\n\r\n'
    expect(read(answer)).toMatchObject({ body: '\x1f', progress: 'complete' })
  })
})

describe('reading ends early', () => {
  const head = 'HTTP/1.1 200 OK\r\n'

  test('when more than anybody wants has come, also when most of it is the sizes of chunks', () => {
    const body = 'x'.repeat(RESPONSE_READ_BYTES_MAX)
    expect(read(`${head}\r\n${body}`).progress).toBe('more')
    expect(read(`${head}\r\n${body}y`).progress).toBe('enough')
    const chunk = `1;${'e'.repeat(1_000)}\r\nx\r\n`
    const flood = read(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(100)}`, 1_000)
    expect(flood).toMatchObject({ body: expect.stringMatching(/^x{60,70}$/), progress: 'enough' })
    expect(read(`${head}Transfer-Encoding: chunked\r\n\r\n1;${'e'.repeat(100_000)}`, 1_000).progress).toBe('enough')
  })

  test('when the headers are longer than 16 KiB, those of informational answers included', () => {
    const filled = (bytes: number) => `${head}X-Fill: ${'x'.repeat(bytes - head.length - 12)}\r\n\r\n`
    expect(causeOf(filled(16 * 1_024))).toBe('more')
    expect(causeOf(filled(16 * 1_024 + 1))).toBe('response_too_large')
    expect(causeOf(HINTS.repeat(1_000))).toBe('response_too_large')
  })

  test.each([
    ['a length that is no number', 'Content-Length: 1a\r\n\r\nx'],
    ['a negative length', 'Content-Length: -1\r\n\r\nx'],
    ['a length that no number holds', 'Content-Length: 9999999999999999\r\n\r\nx'],
    ['the same length twice', 'Content-Length: 1\r\nContent-Length: 1\r\n\r\nx'],
    ['a list of lengths', 'Content-Length: 1, 1\r\n\r\nx'],
    ['a length and chunks', 'Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\nx'],
    ['a header over two lines', 'X-One: a\r\n b\r\n\r\n'],
    ['a header without a name', ': a\r\n\r\n'],
    ['a header without a colon', 'X-One\r\n\r\n'],
    ['a space before the colon', 'X-One : a\r\n\r\n'],
    ['a lone CR', 'X-One: a\rb\r\n\r\n'],
    ['a lone LF', 'X-One: a\nX-Two: b\r\n\r\n'],
    ['a CR too many at the end', 'X-One: a\r\r\n\r\n'],
    ['a NUL', 'X-One: a\0b\r\n\r\n'],
    ['a chunk without a size', 'Transfer-Encoding: chunked\r\n\r\n\r\nx'],
    ['a negative chunk', 'Transfer-Encoding: chunked\r\n\r\n-1\r\nx'],
    ['a chunk of more than 32 bits', 'Transfer-Encoding: chunked\r\n\r\n100000000\r\nx'],
    ['a chunk size that ends with LF', 'Transfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n'],
  ])('at %s', (_what, rest) => {
    expect(causeOf(head + rest)).toBe('protocol')
  })

  test.each([
    'HTTP/2 200 OK',
    'HTTP/1.2 200 OK',
    'HTTP/1.1 99 OK',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1  200',
    'http/1.1 200 OK',
  ])('at the first line %j', (line) => {
    expect(causeOf(`${line}\r\n\r\n`)).toBe('protocol')
  })

  test('as soon as it cannot become HTTP: nobody waits for the rest', () => {
    expect(causeOf('SSH-2.0-Open')).toBe('protocol')
    expect(causeOf('HTTP/1.1 200 OK\nContent')).toBe('protocol')
  })
})

describe('the connection', () => {
  const idleMsMax = (headers: string, rest = '') =>
    read(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${headers}\r\n${rest}`).idleMsMax

  test('of a complete answer may be used again', () => {
    expect(idleMsMax('')).toBe(Number.POSITIVE_INFINITY)
    expect(idleMsMax('Connection: keep-alive\r\n')).toBe(Number.POSITIVE_INFINITY)
    expect(idleMsMax('Connection: closely\r\n')).toBe(Number.POSITIVE_INFINITY)
  })

  test('is used again only until a second before the receiver closes it', () => {
    expect(idleMsMax('Keep-Alive: timeout=5\r\n')).toBe(4_000)
    expect(idleMsMax('keep-alive: max=100, timeout=2\r\n')).toBe(1_000)
    expect(idleMsMax('Keep-Alive: timeout=1\r\n')).toBe(0)
    expect(idleMsMax('Keep-Alive: timeout=soon\r\n')).toBe(Number.POSITIVE_INFINITY)
  })

  test.each([
    ['the receiver will close', 'Connection: close\r\n', ''],
    ['the receiver will close, among other things', 'Connection: x, Close ,y\r\n', ''],
    ['has more on it than the answer', '', 'x'],
  ])('that %s is not', (_what, headers, rest) => {
    expect(idleMsMax(headers, rest)).toBe(0)
  })

  test('of HTTP/1.0 is not', () => {
    expect(read('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n').idleMsMax).toBe(0)
  })
})
