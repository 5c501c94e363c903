import express from 'express'
import { expect, test, vi } from 'vitest'
import { expressHandler } from '../../src/express.ts'
import { createReceiver } from '../../src/index.ts'
import { SECRET, signed } from '../signed.ts'
import { listen } from './listen.ts'
import { describeAdapter, send } from './suite.ts'

describeAdapter('Express, above express.json()', (receiver) =>
  listen(express().all('/webhook', expressHandler(receiver)).use(express.json())),
)

describeAdapter('Express, with express.raw()', (receiver) =>
  listen(
    express()
      .use(express.raw({ type: '*/*' }))
      .all('/webhook', expressHandler(receiver)),
  ),
)

test('below express.json() it says in the log what to do', async () => {
  const onError = vi.fn()
  const receiver = createReceiver({ secret: SECRET, onEvent: () => {}, onError })
  const server = await listen(express().use(express.json()).post('/webhook', expressHandler(receiver)))
  expect(await send(server.url, { headers: signed() })).toEqual({ status: 500, text: 'body.parsed' })
  expect(onError.mock.calls[0]?.[0]).toMatchObject({
    code: 'body.parsed',
    message: expect.stringMatching(/above app\.use\(express\.json\(\)\)/),
  })
  await server.close()
})
