import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RawConnection, type RawServer, startRawServer } from '../../../test/harness/raw-server.ts'
import { createStandingClock } from '../../../test/harness/standing-clock.ts'
import { openSender } from '../../../test/harness/test-sender.ts'
import { until } from '../../../test/harness/until.ts'
import type { Connect } from './connection.ts'
import { createSenderOver } from './sender.ts'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

let server: RawServer
/** What the server does with each connection. */
let behave: (connection: RawConnection) => unknown
beforeEach(async () => {
  server = await startRawServer((connection) => behave(connection))
})
afterEach(() => server.close())

/** Answers every request of a connection, each after `delay`. */
async function answerAll({ request, socket }: RawConnection, delay: () => Promise<unknown>) {
  for (;;) {
    await request()
    await delay()
    socket.write(OK)
  }
}

/** Sends `count` requests at once; gives the outcomes when all have ended. */
function sendMany(sender: ReturnType<typeof openSender>, count: number) {
  return Promise.all(Array.from({ length: count }, () => sender.send(`http://${server.authority}/hook`)))
}

describe('requests to one origin', () => {
  test('share 64 connections while it answers quickly, however many are under way', async () => {
    behave = (connection) => answerAll(connection, setImmediate)
    await using sender = openSender({ clock: createStandingClock() })
    for (let round = 0; round < 3; round++) {
      const outcomes = await sendMany(sender, 200)
      expect(outcomes.filter(({ answer }) => answer?.status === 200)).toHaveLength(200)
    }
    expect(server.connectionCount).toBe(64)
  })

  test('get a connection each when it is slow: they wait 50 ms, and those after them not at all until none is in use', async () => {
    const answers: (() => void)[] = []
    behave = (connection) => answerAll(connection, () => new Promise<void>((resolve) => answers.push(resolve)))
    const hanging = (count: number) => until(`${count} requests hang`, () => (answers.length === count ? true : null))
    const clock = createStandingClock()
    await using sender = openSender({ clock })

    const first = sendMany(sender, 150)
    await hanging(64)
    clock.move(49)
    await setImmediate()
    expect(server.connectionCount).toBe(64)
    clock.move(1)
    await hanging(150)
    answers.shift()?.()
    const next = sendMany(sender, 1)
    await hanging(150)
    for (const answer of answers.splice(0)) answer()
    for (const { answer } of [...(await first), ...(await next)]) expect(answer?.status).toBe(200)
    expect(server.connectionCount).toBe(150)

    const later = sendMany(sender, 150)
    await hanging(64)
    for (let round = 0; round < 20; round++) await setImmediate()
    expect(answers).toHaveLength(64)
    clock.move(50)
    await hanging(150)
    for (const answer of answers.splice(0)) answer()
    for (const { answer } of await later) expect(answer?.status).toBe(200)
  })

  test('tell what it took to open their connection when they were the first on it, also when others wait for it', async () => {
    behave = (connection) => answerAll(connection, setImmediate)
    await using sender = openSender({ clock: createStandingClock() })
    const outcomes = await sendMany(sender, 200)
    expect(outcomes.filter(({ timing }) => timing.connectMs !== null)).toHaveLength(64)
    expect(outcomes.filter(({ remoteAddress }) => remoteAddress === server.authority)).toHaveLength(200)
  })

  test('that end before there is a connection for them are never sent', async () => {
    let received = 0
    behave = async ({ request }) => {
      await request()
      received++
    }
    const clock = createStandingClock()
    await using sender = openSender({ clock, timeoutMs: 20 })
    const outcomes = sendMany(sender, 70)
    await until('64 are received', () => (received === 64 ? true : null))
    clock.move(20)
    for (const { failure } of await outcomes) expect(failure?.cause).toBe('timeout')
    clock.move(1_000)
    await server.ended(64)
    expect(server.connectionCount).toBe(64)
  })

  test('that wait for a connection are interrupted by the close, as those that have one', async () => {
    behave = ({ request }) => request()
    const sender = openSender()
    const outcomes = sendMany(sender, 70)
    sender.sender.close()
    for (const { failure } of await outcomes) expect(failure?.cause).toBe('interrupted')
    const [late] = await sendMany(sender, 1)
    expect(late?.failure?.cause).toBe('interrupted')
  })
})

test('of all origins together, 1,024 connections are idle: the one that has been so longest is closed', async () => {
  behave = (connection) => answerAll(connection, setImmediate)
  await using sender = openSender()
  const sendTo = (origin: number) => sender.send(`http://${origin}.example:${server.port}/hook`)
  await sendTo(0)
  await Promise.all(Array.from({ length: 1_024 }, (_, index) => sendTo(index + 1)))
  await server.ended(1)
  expect(server.openCount).toBe(1_024)
  expect((await sendTo(1_024)).timing.connectMs).toBeNull()
  expect((await sendTo(0)).timing.connectMs).not.toBeNull()
})

describe('a connection', () => {
  test('is used by one request at a time', async () => {
    let most = 0
    behave = async ({ request, socket }) => {
      let underWay = 0
      for (;;) {
        await request()
        most = Math.max(most, ++underWay)
        await setImmediate()
        socket.write(OK)
        underWay--
      }
    }
    await using sender = openSender()
    await sendMany(sender, 300)
    expect(most).toBe(1)
  })

  test('whose answer was not read to its end is closed, and the next request gets another', async () => {
    let answered = false
    behave = async ({ request, socket, number }) => {
      await request()
      answered = true
      socket.write(number === 1 ? 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nonly' : OK)
    }
    const clock = createStandingClock()
    await using sender = openSender({ clock, timeoutMs: 300 })
    const ended = sendMany(sender, 1)
    await until('the answer has begun', () => (answered ? true : null))
    clock.move(300)
    const [cut] = await ended
    expect(cut?.failure?.cause).toBe('timeout')
    await server.ended(1)
    const [whole] = await sendMany(sender, 1)
    expect(whole?.answer?.body).toBe('ok')
    expect(server.connectionCount).toBe(2)
  })

  test('that the receiver closes after each answer is opened anew for each request, and none is lost', async () => {
    behave = async ({ request, socket }) => {
      await request()
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok')
    }
    await using sender = openSender()
    const outcomes = await sendMany(sender, 200)
    expect(outcomes.filter(({ answer }) => answer?.status === 200)).toHaveLength(200)
    expect(server.connectionCount).toBe(200)
  })

  test('that the receiver closed without a word costs one more connection, and not the attempt', async () => {
    behave = async ({ request, socket }) => {
      await request()
      socket.end(OK)
    }
    await using sender = openSender()
    const outcomes = await sendMany(sender, 200)
    expect(outcomes.filter(({ answer }) => answer?.status === 200)).toHaveLength(200)
  })

  test('that nobody needs is closed after ten seconds, or a second before the receiver would', async () => {
    let announced = ''
    behave = async ({ request, socket }) => {
      await request()
      socket.write(`HTTP/1.1 200 OK\r\n${announced}Content-Length: 0\r\n\r\n`)
    }
    const clock = createStandingClock()
    await using sender = openSender({ clock })
    for (const [index, [header, keptMs]] of Object.entries({
      '': 10_000,
      'Keep-Alive: timeout=5\r\n': 4_000,
    }).entries()) {
      announced = header
      await sendMany(sender, 1)
      clock.move(keptMs - 1)
      for (let round = 0; round < 20; round++) await setImmediate()
      expect(server.openCount).toBe(1)
      clock.move(1)
      await server.ended(index + 1)
    }
  })

  test('that the receiver will close soon is closed in time, also when another may be idle for longer', async () => {
    behave = async ({ request, socket }) => {
      for (;;) {
        const keepAlive = String(await request()).includes('/short') ? 'Keep-Alive: timeout=3\r\n' : ''
        socket.write(`HTTP/1.1 200 OK\r\n${keepAlive}Content-Length: 0\r\n\r\n`)
      }
    }
    const clock = createStandingClock()
    await using sender = openSender({ clock })
    await sendMany(sender, 2)
    await sender.send(`http://${server.authority}/short`)
    clock.move(2_000)
    await server.ended(1)
    expect(server.openCount).toBe(1)
  })

  test('that a receiver will close in a second is not used again', async () => {
    behave = async ({ request, socket }) => {
      await request()
      socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n')
    }
    await using sender = openSender()
    await sendMany(sender, 1)
    await server.ended(1)
  })

  test('on which the receiver says something unasked is closed: it would be taken for the next answer', async () => {
    behave = async ({ request, socket, number }) => {
      await request()
      socket.write(OK)
      if (number === 1) setImmediate().then(() => socket.write(OK.replace('200', '500')))
      else await request().then(() => socket.write(OK))
    }
    await using sender = openSender()
    await sendMany(sender, 1)
    await server.ended(1)
    for (const { answer } of [...(await sendMany(sender, 1)), ...(await sendMany(sender, 1))])
      expect(answer?.status).toBe(200)
    expect(server.connectionCount).toBe(2)
  })

  test('on which a 204 announced a body is closed: the body would be taken for the next answer', async () => {
    behave = async ({ request, socket }) => {
      await request()
      socket.write('HTTP/1.1 204 No Content\r\nContent-Length: 38\r\n\r\n')
      await request()
      socket.write(OK)
    }
    await using sender = openSender()
    // More than there are connections: some wait for the next that is free.
    for (const { answer } of await sendMany(sender, 70)) expect(answer?.status).toBe(204)
    expect(server.connectionCount).toBe(70)
  })

  test('whose request was answered before it was sent is closed: the rest of it is not the next request', async () => {
    behave = ({ socket }) => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n')
    await using sender = openSender()
    const { answer } = await sender.send(`http://${server.authority}/hook`, { body: 'x'.repeat(32 * 1_024 * 1_024) })
    expect(answer?.status).toBe(413)
    for (let round = 0; round < 20; round++) await setImmediate()
    behave = (connection) => answerAll(connection, setImmediate)
    await sendMany(sender, 1)
    expect(server.connectionCount).toBe(2)
  })

  test('that is still being opened when its request has ended is given up', async () => {
    let signal: AbortSignal | undefined
    const clock = createStandingClock()
    const connect: Connect = (_url, given) => {
      signal = given
      return new Promise(() => {})
    }
    const sender = createSenderOver(connect, { clock, timeoutMs: 20 })
    const sent = sender.send({ url: new URL('http://127.0.0.1/hook'), headers: [], body: Buffer.from('') })
    expect(signal?.aborted).toBe(false)
    clock.move(20)
    expect((await sent).failure).toMatchObject({ cause: 'timeout', message: expect.stringContaining('no connection') })
    expect(signal?.aborted).toBe(true)
  })
})
