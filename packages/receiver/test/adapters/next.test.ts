import { expect, test, vi } from 'vitest'
import { createReceiver } from '../../src/index.ts'
import { nextHandler, nextPagesHandler } from '../../src/next.ts'
import { BODY, SECRET, signed } from '../signed.ts'
import { listen, serveWeb } from './listen.ts'
import { describeAdapter, send } from './suite.ts'

// Next itself has some 300 MB. What it hands to a route handler is a Request of the Web, and to an API route Node's request.

describeAdapter('a route handler (Request to Response)', (receiver) => serveWeb(nextHandler(receiver)))

describeAdapter('an API route without body parser', (receiver) => listen(nextPagesHandler(receiver)))

test('`after` of next/server is told of the work, and the second argument of routes is let be', async () => {
  const onEvent = vi.fn()
  const after = vi.fn((_work: Promise<unknown>) => {})
  const POST: (request: Request, context: { params: Promise<object> }) => Promise<Response> = nextHandler(
    createReceiver({ secret: SECRET, onEvent }),
    { after },
  )
  const request = new Request('https://app.example/api/webhook', { method: 'POST', body: BODY, headers: signed() })
  expect((await POST(request, { params: Promise.resolve({}) })).status).toBe(200)
  await after.mock.calls[0]?.[0]
  expect(onEvent).toHaveBeenCalledOnce()
})

test('in an API route with body parser, it says in the log what to do', async () => {
  const onError = vi.fn()
  const handle = nextPagesHandler(createReceiver({ secret: SECRET, onEvent: () => {}, onError }))
  const server = await listen(async (message, response) => {
    let text = ''
    for await (const chunk of message) text += chunk
    await handle(Object.assign(message, { body: JSON.parse(text) }), response)
  })
  expect(await send(server.url, { headers: signed() })).toEqual({ status: 500, text: 'body.parsed' })
  expect(onError.mock.calls[0]?.[0]).toMatchObject({ message: expect.stringContaining('bodyParser: false') })
  await server.close()
})
