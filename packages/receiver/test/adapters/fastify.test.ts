import Fastify from 'fastify'
import { expect, test, vi } from 'vitest'
import { fastifyHandler, fastifyReceiver } from '../../src/fastify.ts'
import { createReceiver } from '../../src/index.ts'
import { BODY, gate, SECRET, signed } from '../signed.ts'
import { describeAdapter, send } from './suite.ts'

describeAdapter('Fastify', async (receiver) => {
  const app = Fastify()
  app.register(fastifyReceiver(receiver), { prefix: '/webhook' })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  return { url: `${origin}/webhook`, close: () => app.close() }
})

test('the rest of the app keeps its parsers, and closing the app drains the receiver', async () => {
  const work = gate()
  const onEvent = vi.fn(() => work.promise)
  const app = Fastify()
  app.register(fastifyReceiver(createReceiver({ secret: SECRET, onEvent })), { prefix: '/webhook' })
  app.post('/echo', async (request) => request.body)
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const json = { 'content-type': 'application/json' }
  expect(JSON.parse((await send(`${origin}/echo`, { headers: json })).text)).toEqual(JSON.parse(BODY))

  await send(`${origin}/webhook`, { headers: signed() })
  await expect.poll(() => onEvent.mock.calls.length).toBe(1)
  let isClosed = false
  const closing = app.close().then(() => {
    isClosed = true
  })
  await new Promise(setImmediate)
  expect(isClosed).toBe(false)
  work.resolve()
  await closing
})

test('in a route whose body Fastify parsed, it says in the log what to do', async () => {
  const onError = vi.fn()
  const app = Fastify()
  app.post('/webhook', fastifyHandler(createReceiver({ secret: SECRET, onEvent: () => {}, onError })))
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  expect(await send(`${origin}/webhook`, { headers: signed() })).toEqual({ status: 500, text: 'body.parsed' })
  expect(onError.mock.calls[0]?.[0]).toMatchObject({
    message: expect.stringContaining('app.register(fastifyReceiver('),
  })
  await app.close()
})
