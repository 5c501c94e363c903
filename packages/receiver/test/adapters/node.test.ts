import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { createReceiver, type ReceiverLine } from '../../src/index.ts'
import { nodeHandler } from '../../src/node.ts'
import { BODY, SECRET, signed } from '../signed.ts'
import { listen } from './listen.ts'
import { describeAdapter, send } from './suite.ts'

describeAdapter('node:http', (receiver) => listen(nodeHandler(receiver)))

test('the answer is with the system before a handler that blocks the process begins', async () => {
  const order: string[] = []
  const receiver = createReceiver({ secret: SECRET, onEvent: () => order.push('handler') })
  const handle = nodeHandler(receiver)
  const server = await listen((message, response) => {
    response.on('finish', () => order.push('answer'))
    handle(message, response)
  })
  await send(server.url, { headers: signed() })
  await receiver.drain()
  expect(order).toEqual(['answer', 'handler'])
  await server.close()
})

test('a body that was read and not kept is body.parsed, and one kept as bytes or text is taken', async () => {
  const onError = vi.fn()
  const receiver = createReceiver({ secret: SECRET, onEvent: () => {}, onError })
  const handle = nodeHandler(receiver)
  const read = async (message: IncomingMessage) => {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
  const server = await listen(async (message, response) => {
    const body = await read(message)
    const kept = {
      bytes: { body },
      text: { body: body.toString() },
      // As Google's functions and Nest keep it.
      raw: { body: JSON.parse(body.toString()), rawBody: body },
      parsed: { body: JSON.parse(body.toString()) },
      nothing: {},
    }[message.headers['x-keeps'] as 'bytes' | 'text' | 'raw' | 'parsed' | 'nothing']
    await handle(Object.assign(message, kept), response)
  })
  for (const keeps of ['bytes', 'text', 'raw']) {
    expect(await send(server.url, { headers: { ...signed(), 'x-keeps': keeps } }), keeps).toMatchObject({ status: 200 })
  }
  for (const keeps of ['parsed', 'nothing']) {
    expect(await send(server.url, { headers: { ...signed(), 'x-keeps': keeps } }), keeps).toEqual({
      status: 500,
      text: 'body.parsed',
    })
  }
  expect(onError).toHaveBeenCalledTimes(2)
  await server.close()
})

describeAdapter('node:http, below a parser of Express 4 that is for another type', (receiver) =>
  listen((message, response) => nodeHandler(receiver)(Object.assign(message, { body: {} }), response)),
)

test('a sender that leaves in the middle of a body is refused in the log, and the server goes on', async () => {
  const lines: ReceiverLine[] = []
  const logged = Promise.withResolvers<void>()
  const receiver = createReceiver({
    secret: SECRET,
    onEvent: () => {},
    log: (line) => {
      lines.push(line)
      logged.resolve()
    },
  })
  const server = await listen(nodeHandler(receiver))
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"id')
  await once(socket, 'connect')
  socket.end()
  await logged.promise
  expect(lines).toMatchObject([{ outcome: 'refused', code: 'body.incomplete' }])
  expect(await send(server.url, { headers: signed() })).toMatchObject({ status: 200 })
  await server.close()
})

test('an answer that something else gave first stays, and nothing fails', async () => {
  const receiver = createReceiver({ secret: SECRET, onEvent: () => {} })
  const handled = Promise.withResolvers<void>()
  const server = await listen((message, response) => {
    handled.resolve(nodeHandler(receiver)(message, response))
    response.writeHead(408).end('too slow')
  })
  expect(await send(server.url, { headers: signed() })).toEqual({ status: 408, text: 'too slow' })
  await handled.promise
  await server.close()
})

test('after a refused body that was not read whole, the connection is closed and not confused', async () => {
  const receiver = createReceiver({ secret: SECRET, onEvent: () => {}, bodyBytesMax: 10 })
  const server = await listen(nodeHandler(receiver))
  const outgoing = request(server.url, { method: 'POST' })
  outgoing.end('x'.repeat(1_000_000))
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  expect([incoming.statusCode, incoming.headers.connection]).toEqual([413, 'close'])
  incoming.resume()
  await once(incoming, 'close')
  expect(await send(server.url, { headers: signed(), pieces: [BODY] })).toMatchObject({ status: 413 })
  await server.close()
})
