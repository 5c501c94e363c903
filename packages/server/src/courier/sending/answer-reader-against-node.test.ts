import http from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import { createPrng, type Prng } from '../../../test/harness/prng.ts'
import { AnswerError, AnswerReader } from './answer-reader.ts'

/*
 * Answers that were damaged at random, read by our reader and by Node's (llhttp, which undici has too). The two may not
 * understand an answer differently; where one refuses what the other takes, the reason is listed here.
 */

const ANSWERS_COUNT = 5_000

const WHOLE = [
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nDate: x\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nX-Trailer: 1\r\n\r\n',
  'HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n',
  'HTTP/1.0 200 OK\r\nServer: old\r\n\r\nuntil close',
  'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 500 Oops\r\ncontent-length:0\r\nX-Empty:\r\nX-Blanks:   a b \t\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'HTTP/1.1 200\r\nContent-Length: 1\r\nX-Name: caf\xe9\r\n\r\nx',
]
const PIECES = [
  ...['\r', '\n', '\r\n', '\r\n\r\n', ' ', ':', ';', ',', '"', '(', '0', '1', '9', 'f', 'a', '\0', '\x7f', '\xff'],
  ...['chunked', 'close', 'HTTP/1.1', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n'],
]

/** Why Node refuses what we take: something comes after the answer. We take the answer, and close the connection. */
const AFTER_THE_ANSWER = /CONSTANT|CLOSED_CONNECTION/

/** The same in an answer of chunks, whose extensions and trailers we pass over without a look. */
const AFTER_OR_BETWEEN_CHUNKS = /CONSTANT|CLOSED_CONNECTION|STRICT|HEADER_TOKEN|LF_EXPECTED|CONTENT_LENGTH/

/** What we refuse and Node takes: line ends before it, a status below 100, a switch, control characters in its first line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const MAY_BE_REFUSED = /^[\r\n]|HTTP\/1\.\d 0|HTTP\/1\.\d 101|^[^\r]*[\0-\x1f\x7f][^\r]*\r/

function damaged(prng: Prng): Buffer {
  let text = WHOLE[prng.integer(0, WHOLE.length - 1)] as string
  for (let times = prng.integer(0, 2); times > 0; times--) {
    const at = prng.integer(0, text.length - 1)
    const piece = PIECES[prng.integer(0, PIECES.length - 1)]
    const kind = prng.pick({ without: 3, insert: 4, replace: 2, cut: 1 })
    if (kind === 'without') text = text.slice(0, at) + text.slice(at + 1)
    else if (kind === 'insert') text = text.slice(0, at) + piece + text.slice(at)
    else if (kind === 'replace') text = text.slice(0, at) + piece + text.slice(at + 1)
    else text = text.slice(0, at)
  }
  return Buffer.from(text, 'latin1')
}

type Understood = { answer: unknown } | { refused: string } | 'not complete'

function asWeUnderstand(bytes: Buffer, pieceBytes: () => number): Understood {
  let head: unknown[] = []
  const parts: Buffer[] = []
  const reader = new AnswerReader({
    onHead: (status, headers) => {
      head = [status, headers.flat()]
    },
    onBody: (part) => parts.push(Buffer.from(part)),
  })
  const answer = () => ({ answer: [...head, Buffer.concat(parts).toString('latin1')] })
  try {
    for (let at = 0; at < bytes.length; ) {
      const next = at + pieceBytes()
      if (reader.read(bytes.subarray(at, next)) === 'complete') return answer()
      at = next
    }
  } catch (error) {
    if (error instanceof AnswerError) return { refused: error.message }
    throw error
  }
  return reader.completeAtClose ? answer() : 'not complete'
}

async function asNodeUnderstands(bytes: Buffer): Promise<Understood> {
  const [ours, theirs] = duplexPair()
  const understood = new Promise<Understood>((resolve) => {
    const onError = (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNRESET' ? 'not complete' : { refused: `${error.code} ${error.message}` })
    const request = http.request({ method: 'POST', createConnection: () => ours as Duplex })
    request.on('error', onError)
    request.on('upgrade', (response) => resolve({ answer: [response.statusCode, response.rawHeaders, ''] }))
    request.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', onError)
      response.on('end', () =>
        resolve({ answer: [response.statusCode, response.rawHeaders, Buffer.concat(parts).toString('latin1')] }),
      )
    })
    request.end()
  })
  for (const stream of [ours, theirs]) stream.on('error', () => {})
  theirs.resume()
  theirs.write(bytes, () => theirs.end())
  try {
    return await understood
  } finally {
    ours.destroy()
    theirs.destroy()
  }
}

test('no answer is understood otherwise than by Node, nor otherwise in other pieces', async () => {
  const prng = createPrng(20_261_128)
  let bothTook = 0
  for (let count = 0; count < ANSWERS_COUNT; count++) {
    const bytes = damaged(prng)
    const text = bytes.toString('latin1')
    const ours = asWeUnderstand(bytes, () => bytes.length)
    expect(
      asWeUnderstand(bytes, () => prng.integer(1, 7)),
      JSON.stringify(text),
    ).toEqual(ours)
    const inChunks = /chunked/i.test(text)
    const nodes = await asNodeUnderstands(bytes)
    const weRefuse = typeof ours === 'object' && 'refused' in ours
    const nodeRefuses = typeof nodes === 'object' && 'refused' in nodes
    // One that was cut off, or is refused later: both are failures.
    if (
      ours === 'not complete' ? nodes === ours || nodeRefuses : weRefuse && (nodeRefuses || nodes === 'not complete')
    ) {
      continue
    }
    if (nodeRefuses)
      expect(nodes.refused, JSON.stringify(text)).toMatch(inChunks ? AFTER_OR_BETWEEN_CHUNKS : AFTER_THE_ANSWER)
    else if (weRefuse) expect(text).toMatch(MAY_BE_REFUSED)
    else {
      expect(ours, JSON.stringify(text)).toEqual(nodes)
      bothTook++
    }
  }
  expect(bothTook).toBeGreaterThan(ANSWERS_COUNT / 4)
})
