import { Agent, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { until } from '../../test/harness/until.ts'
import { openTestHttp } from './test-http.ts'

test('closing answers what is under way and then keeps no connection, also for clients that would', async () => {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<{ ready: boolean; reasons: string[] }>()
  await using http = await openTestHttp({
    isReady() {
      asked.resolve()
      return answer.promise
    },
  })
  await http.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = http.app.server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true })
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    get({ port, path: '/health/ready', agent }, (incoming) => resolve(incoming.resume())).on('error', reject)
  })
  await asked.promise

  const closed = http.app.close()
  await until('the server listens no more', () => (http.app.server.listening ? null : true))
  answer.resolve({ ready: true, reasons: [] })
  expect((await response).statusCode).toBe(200)
  // Otherwise only after the 72 s for which idle connections are kept, and this test may take 60.
  await closed
  agent.destroy()
})
