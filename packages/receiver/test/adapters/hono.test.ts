import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { describe, expect, test, vi } from 'vitest'
import { honoHandler } from '../../src/hono.ts'
import { createReceiver, type WebhookReceiver } from '../../src/index.ts'
import { BODY, SECRET, signed } from '../signed.ts'
import { serveWeb } from './listen.ts'
import { describeAdapter, send } from './suite.ts'

const app = (receiver: WebhookReceiver, ...before: MiddlewareHandler[]) =>
  new Hono().use(...before, async (_context, next) => await next()).all('/webhook', honoHandler(receiver))

describeAdapter('Hono on Node', (receiver) => serveWeb(app(receiver).fetch))

describe('a body that was read before', () => {
  const reading = (read: (context: Context) => unknown): MiddlewareHandler => {
    return async (context, next) => {
      await read(context)
      await next()
    }
  }

  test.each<[string, (context: Context) => unknown]>([
    ['c.req.json()', (c) => c.req.json()],
    ['c.req.text()', (c) => c.req.text()],
    ['c.req.arrayBuffer()', (c) => c.req.arrayBuffer()],
  ])('by %s is verified all the same, as Hono keeps it', async (_name, read) => {
    const server = await serveWeb(app(createReceiver({ secret: SECRET, onEvent: () => {} }), reading(read)).fetch)
    expect(await send(server.url, { headers: signed() })).toEqual({ status: 200, text: 'ok' })
    await server.close()
  })

  test('behind Hono’s back is body.parsed, and the log says what to do', async () => {
    const onError = vi.fn()
    const before = reading((c) => c.req.raw.json())
    const server = await serveWeb(app(createReceiver({ secret: SECRET, onEvent: () => {}, onError }), before).fetch)
    expect(await send(server.url, { headers: signed() })).toEqual({ status: 500, text: 'body.parsed' })
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ message: expect.stringContaining('c.req.text()') })
    await server.close()
  })
})

test('on a platform with an execution context, that waits for the handler', async () => {
  const onEvent = vi.fn()
  const told: Promise<unknown>[] = []
  const context = {
    waitUntil: (work: Promise<unknown>) => void told.push(work),
    passThroughOnException() {},
    props: {},
  }
  const hono = app(createReceiver({ secret: SECRET, onEvent }))
  const response = await hono.request('/webhook', { method: 'POST', body: BODY, headers: signed() }, {}, context)
  expect(response.status).toBe(200)
  expect(told).toHaveLength(1)
  await told[0]
  expect(onEvent).toHaveBeenCalledOnce()
})
