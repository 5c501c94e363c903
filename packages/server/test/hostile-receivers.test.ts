import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { RESPONSE_KEPT_BYTES_MAX, RESPONSE_READ_BYTES_MAX } from '@ringback/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import type { RawConnection } from './harness/raw-server.ts'
import { openSender, type TestSenderOptions } from './harness/test-sender.ts'
import { useRawServers } from './harness/use-raw-servers.ts'

/** Short, because tests that are about the deadline wait for it. */
const TIMEOUT_MS = 300

/** How much later than the deadline an attempt may end on a machine that is busy with other tests. */
const LATE_MS = 1_500

/** More than the buffers of two sockets hold, so that writing it must wait for a reader. */
const LARGE_BODY = 'x'.repeat(32 * 1024 * 1024)

const serve = useRawServers()

/** A receiver that reads each request and answers it with these bytes. */
function answering(answer: string | Buffer, { end = false } = {}) {
  return async ({ socket, request }: RawConnection) => {
    for (;;) {
      await request()
      socket.write(typeof answer === 'string' ? Buffer.from(answer, 'latin1') : answer)
      if (end) socket.end()
    }
  }
}

async function sendTo(behave: (connection: RawConnection) => unknown, options: TestSenderOptions = {}, body?: string) {
  const server = await serve(behave)
  await using sender = openSender(options)
  const outcome = await sender.send(`http://${server.authority}/hook`, body === undefined ? {} : { body })
  return { server, outcome, remoteAddress: server.authority }
}

/** Writes `piece` again and again until the connection is gone. */
function drip(socket: Socket, piece: string) {
  const timer = setInterval(() => socket.write(piece), 20)
  socket.on('close', () => clearInterval(timer))
}

describe('the deadline ends the attempt, and the connection with it, when a receiver', () => {
  const hostile: [what: string, behave: (connection: RawConnection) => unknown, step: string][] = [
    ['accepts and never answers', ({ request }) => request(), 'no answer'],
    [
      'drips its headers byte by byte',
      async ({ socket, request }) => {
        await request()
        socket.write('HTTP/1.1 200 OK\r\nX-Slow: ')
        drip(socket, 'a')
      },
      'no answer',
    ],
    [
      'drips one header after the other',
      async ({ socket, request }) => {
        await request()
        socket.write('HTTP/1.1 200 OK\r\n')
        drip(socket, 'X-Slow: a\r\n')
      },
      'no answer',
    ],
    [
      'sends interim answers for ever',
      async ({ socket, request }) => {
        await request()
        drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n')
      },
      'no answer',
    ],
  ]
  test.each(hostile)('%s', async (_what, behave, step) => {
    const { server, outcome, remoteAddress } = await sendTo(behave, { timeoutMs: TIMEOUT_MS })
    expect(outcome).toMatchObject({
      answer: null,
      failure: { cause: 'timeout', message: `not finished within ${TIMEOUT_MS} ms: ${step}` },
      remoteAddress,
    })
    expect(outcome.timing.totalMs).toBeGreaterThanOrEqual(TIMEOUT_MS - 1)
    expect(outcome.timing.totalMs).toBeLessThan(TIMEOUT_MS + LATE_MS)
    await server.ended(1)
  })

  test('accepts and never reads', async () => {
    let theirs: Socket | undefined
    const { server, outcome } = await sendTo(
      ({ socket }) => {
        theirs = socket
      },
      { timeoutMs: TIMEOUT_MS },
      LARGE_BODY,
    )
    expect(outcome).toMatchObject({ answer: null, failure: { cause: 'timeout' } })
    // Who does not read does not see that the connection has ended either.
    theirs?.resume()
    await server.ended(1)
  })

  test('drips its body: what was said until then is kept', async () => {
    const { server, outcome } = await sendTo(
      async ({ socket, request }) => {
        await request()
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
        drip(socket, 'z')
      },
      { timeoutMs: TIMEOUT_MS },
    )
    expect(outcome.failure).toEqual({
      cause: 'timeout',
      message: `not finished within ${TIMEOUT_MS} ms: the answer did not end`,
    })
    expect(outcome.answer).toMatchObject({ status: 200, body: expect.stringMatching(/^z+$/), truncated: false })
    await server.ended(1)
  })

  test('hangs in the TLS handshake', async () => {
    const server = await serve(({ request }) => request())
    await using sender = openSender({ timeoutMs: TIMEOUT_MS })
    const outcome = await sender.send(`https://${server.authority}/hook`)
    expect(outcome).toMatchObject({ answer: null, failure: { cause: 'timeout' }, remoteAddress: null })
    await server.ended(1)
  })

  test('has a name that DNS never answers for', async () => {
    await using sender = openSender({ timeoutMs: TIMEOUT_MS, resolve: () => new Promise(() => {}) })
    const outcome = await sender.send('http://receiver.example/hook')
    expect(outcome).toMatchObject({
      failure: { cause: 'timeout', message: `not finished within ${TIMEOUT_MS} ms: no connection` },
    })
  })
})

describe('a receiver that floods', () => {
  /** Catches our side of the next connection, to see how much was read from it. */
  async function ourSocketWhile<Value>(work: () => Promise<Value>): Promise<{ value: Value; socket: Socket }> {
    let socket: Socket | undefined
    const listener = (message: unknown) => {
      socket = (message as { socket: Socket }).socket
    }
    subscribe('net.client.socket', listener)
    try {
      const value = await work()
      if (!socket) throw new Error('nothing was sent')
      return { value, socket }
    } finally {
      unsubscribe('net.client.socket', listener)
    }
  }

  async function flood({ socket, request }: RawConnection, head: string) {
    await request()
    socket.write(head)
    const piece = Buffer.alloc(64 * 1024, 'y')
    const pour = () => {
      while (!socket.destroyed && socket.write(piece));
    }
    socket.on('drain', pour)
    pour()
  }

  test.each([
    ['a length of gigabytes', 'Content-Length: 99999999999\r\n'],
    ['no length', ''],
  ])('with %s is cut off after 64 KiB, 16 KiB are kept, and its 200 counts', async (_what, header) => {
    const server = await serve((connection) => flood(connection, `HTTP/1.1 200 OK\r\n${header}\r\n`))
    await using sender = openSender()
    const { value: outcome, socket } = await ourSocketWhile(() => sender.send(`http://${server.authority}/hook`))
    expect(outcome).toMatchObject({ failure: null, answer: { status: 200, truncated: true } })
    expect(outcome.answer?.body).toBe('y'.repeat(RESPONSE_KEPT_BYTES_MAX))
    // What one read of a socket brings in (64 KiB) cannot be refused once it is there.
    expect(socket.bytesRead).toBeLessThanOrEqual(RESPONSE_READ_BYTES_MAX + 2 * 64 * 1024)
    expect(socket.destroyed).toBe(true)
    await server.ended(1)
  })

  test('with chunks of one byte is cut off too, and the record says so', async () => {
    const { outcome } = await sendTo(async ({ socket, request }) => {
      await request()
      socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\ny\r\n'.repeat(20_000)}`)
    })
    expect(outcome).toMatchObject({
      failure: null,
      answer: { body: expect.stringMatching(/^y{10000,}$/), truncated: true },
    })
  })

  test('with an error status has failed by its status', async () => {
    const { outcome } = await sendTo((connection) => flood(connection, 'HTTP/1.1 500 Oops\r\n\r\n'))
    expect(outcome).toMatchObject({ failure: null, answer: { status: 500, truncated: true } })
  })

  test('with headers is cut off and the cause `response_too_large`', async () => {
    const { server, outcome } = await sendTo((connection) => flood(connection, 'HTTP/1.1 200 OK\r\nX-Flood: '))
    expect(outcome).toMatchObject({
      answer: null,
      failure: { cause: 'response_too_large', message: 'the headers of the answer are longer than 16 KiB' },
    })
    await server.ended(1)
  })

  test('exactly as much as is kept is not cut off', async () => {
    const body = 'y'.repeat(RESPONSE_KEPT_BYTES_MAX)
    const { outcome } = await sendTo(answering(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`))
    expect(outcome.answer).toMatchObject({ body, truncated: false })
    const more = await sendTo(answering(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length + 1}\r\n\r\n${body}y`))
    expect(more.outcome.answer).toMatchObject({ body, truncated: true })
  })
})

describe('an answer that is not HTTP is the cause `protocol`', () => {
  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['binary garbage', '\x00\xff\x13\x37\x00\x00garbage\r\n\r\n'],
    ['a status that is no number', 'HTTP/1.1 OK\r\n\r\n'],
    ['a header with a control character', 'HTTP/1.1 200 OK\r\nX-Bad: a\x00b\r\nContent-Length: 0\r\n\r\n'],
    ['a header name with a space', 'HTTP/1.1 200 OK\r\nX Bad: a\r\nContent-Length: 0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a switch to another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['lines that end with LF alone', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['a status of 000', 'HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n'],
  ])('%s', async (_what, answer) => {
    const { server, outcome, remoteAddress } = await sendTo(answering(answer))
    expect(outcome).toMatchObject({ answer: null, failure: { cause: 'protocol' }, remoteAddress })
    await server.ended(1)
  })

  test.each([
    ['a chunk size that is no number', 'zz\r\nhello\r\n0\r\n\r\n'],
    ['a chunk longer than it says', '2\r\nhello\r\n0\r\n\r\n'],
  ])('also after its headers: %s', async (_what, chunks) => {
    const answer = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`
    const { server, outcome } = await sendTo(answering(answer))
    expect(outcome).toMatchObject({ answer: { status: 200 }, failure: { cause: 'protocol' } })
    await server.ended(1)
  })
})

describe('a connection that breaks is the cause `reset`', () => {
  test.each<[what: string, behave: (connection: RawConnection) => unknown]>([
    ['reset on accept', ({ socket }) => socket.resetAndDestroy()],
    ['closed on accept', ({ socket }) => socket.end()],
    ['reset instead of an answer', ({ socket, request }) => request().then(() => socket.resetAndDestroy())],
    ['closed instead of an answer', ({ socket, request }) => request().then(() => socket.end())],
    ['closed in the headers', ({ socket, request }) => request().then(() => socket.end('HTTP/1.1 200 OK\r\nX-Ha'))],
  ])('%s', async (_what, behave) => {
    const { server, outcome } = await sendTo(behave)
    expect(outcome).toMatchObject({ answer: null, failure: { cause: 'reset' } })
    // It was a new connection: nothing is tried again within the attempt.
    expect(server.connectionCount).toBe(1)
  })

  test.each([
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
    ['closed', (socket: Socket) => socket.end()],
  ])('%s before the length that was promised: the status alone is no success', async (_what, breakOff) => {
    const { outcome } = await sendTo(async ({ socket, request }) => {
      await request()
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello', () => breakOff(socket))
    })
    expect(outcome.failure?.cause).toBe('reset')
    expect(outcome.answer).toMatchObject({ status: 200 })
  })
})

describe('unusual answers that are HTTP are taken', () => {
  test('one interim answer after the other, then the real one', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'
    const { outcome } = await sendTo(
      answering(
        `HTTP/1.1 100 Continue\r\n\r\n${hints}HTTP/1.1 102 Processing\r\n\r\n${hints}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`,
      ),
    )
    expect(outcome).toMatchObject({ failure: null, answer: { status: 200, body: 'ok' } })
    expect(outcome.answer?.headers).toEqual([['Content-Length', '2']])
  })

  test.each(['204 No Content', '205 Reset Content', '304 Not Modified'])('%s without a body', async (status) => {
    const { outcome } = await sendTo(answering(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`))
    expect(outcome).toMatchObject({ failure: null, answer: { status: Number.parseInt(status, 10), body: '' } })
  })

  test('HTTP/1.0, without a length, ended by closing', async () => {
    const { outcome } = await sendTo(answering('HTTP/1.0 200 OK\r\n\r\nold but fine', { end: true }))
    expect(outcome).toMatchObject({ failure: null, answer: { status: 200, body: 'old but fine' } })
  })

  test('more bytes than its length says: the rest is not part of it, and the connection is not used again', async () => {
    const server = await serve(answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more'))
    await using sender = openSender()
    for (const count of [1, 2]) {
      const outcome = await sender.send(`http://${server.authority}/hook`)
      expect(outcome).toMatchObject({ failure: null, answer: { status: 200, body: 'ok', truncated: false } })
      await server.ended(count)
    }
  })

  test('a compressed body is never opened: a small bomb stays small', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024))
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`
    const { outcome } = await sendTo(answering(Buffer.concat([Buffer.from(head), bomb])))
    expect(outcome.answer).toMatchObject({ status: 200, truncated: false, body: bomb.toString('utf8') })
  })

  test('bytes that are no text: NUL and wrong UTF-8 in the body, Latin-1 in headers', async () => {
    const { outcome } = await sendTo(
      answering('HTTP/1.1 200 OK\r\nX-Name: caf\xe9 \xff\r\nContent-Length: 6\r\n\r\na\x00b\xff\xfec'),
    )
    expect(outcome.answer?.headers).toContainEqual(['X-Name', 'café ÿ'])
    expect(outcome.answer?.body).toBe('a\0b\uFFFD\uFFFDc')
  })

  test('headers that repeat keep order and case', async () => {
    const { outcome } = await sendTo(
      answering('HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nx-one: 1\r\nset-cookie: b=2\r\nContent-Length: 0\r\n\r\n'),
    )
    expect(outcome.answer?.headers).toEqual([
      ['Set-Cookie', 'a=1'],
      ['x-one', '1'],
      ['set-cookie', 'b=2'],
      ['Content-Length', '0'],
    ])
  })

  test('given before the request was read', async () => {
    const { outcome } = await sendTo(
      ({ socket }) => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig'),
      {},
      LARGE_BODY,
    )
    expect(outcome).toMatchObject({ failure: null, answer: { status: 413, body: 'big' } })
  })
})

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('%i is not followed: the other server is never contacted', async (status) => {
    const other = await serve(answering('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    const location = `http://${other.authority}/elsewhere`
    const { server, outcome } = await sendTo(
      answering(`HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`),
    )
    expect(outcome).toMatchObject({ failure: null, answer: { status } })
    expect(outcome.answer?.headers).toContainEqual(['Location', location])
    expect(server.connectionCount).toBe(1)
    expect(other.connectionCount).toBe(0)
  })
})

describe('a kept connection that the receiver closes at the moment of reuse', () => {
  /** All requests that came, as `<connection>.<request on it>`. */
  const requests: string[] = []
  beforeEach(() => {
    requests.length = 0
  })

  /** Answers the first request of each of the first `count` connections, and breaks them at the second. */
  function breakingAtReuse(count: number, breakOff: (socket: Socket) => void) {
    return async ({ socket, number, request }: RawConnection) => {
      for (let answered = 0; ; answered++) {
        await request()
        requests.push(`${number}.${answered + 1}`)
        if (number <= count && answered === 1) return breakOff(socket)
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${number}`)
      }
    }
  }

  test.each([
    ['closed', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('%s: one new connection within the same attempt, which sees nothing of it', async (_what, breakOff) => {
    const server = await serve(breakingAtReuse(1, breakOff))
    await using sender = openSender()
    await sender.send(`http://${server.authority}/hook`)
    const outcome = await sender.send(`http://${server.authority}/hook`)
    expect(outcome).toMatchObject({ failure: null, answer: { status: 200, body: '2' } })
    expect(outcome.timing.connectMs).not.toBeNull()
    expect(server.connectionCount).toBe(2)
    expect(requests).toEqual(['1.1', '1.2', '2.1'])
  })

  test('the new connection is really new, though other kept ones wait that are as dead', async () => {
    const server = await serve(breakingAtReuse(2, (socket) => socket.resetAndDestroy()))
    await using sender = openSender()
    await Promise.all([1, 2].map(() => sender.send(`http://${server.authority}/hook`)))
    expect(server.connectionCount).toBe(2)
    const outcome = await sender.send(`http://${server.authority}/hook`)
    expect(outcome).toMatchObject({ failure: null, answer: { status: 200, body: '3' } })
    expect(requests).toHaveLength(4)
  })

  test('a receiver that breaks every connection gets two requests in an attempt, not more', async () => {
    const server = await serve(async ({ socket, number, request }) => {
      await request()
      requests.push(`${number}.1`)
      if (number > 1) return socket.resetAndDestroy()
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      await request()
      requests.push(`${number}.2`)
      socket.resetAndDestroy()
    })
    await using sender = openSender()
    await sender.send(`http://${server.authority}/hook`)
    const outcome = await sender.send(`http://${server.authority}/hook`)
    expect(outcome).toMatchObject({ answer: null, failure: { cause: 'reset' } })
    expect(requests).toEqual(['1.1', '1.2', '2.1'])
  })

  test('half an answer on a kept connection is no reason to send again', async () => {
    const server = await serve(async ({ socket, number, request }) => {
      await request()
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      await request()
      requests.push(`${number}.2`)
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf', () => socket.resetAndDestroy())
    })
    await using sender = openSender()
    await sender.send(`http://${server.authority}/hook`)
    const outcome = await sender.send(`http://${server.authority}/hook`)
    expect(outcome.failure?.cause).toBe('reset')
    expect(requests).toEqual(['1.2'])
    expect(server.connectionCount).toBe(1)
  })
})
