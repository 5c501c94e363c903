import { Agent, get, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
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

test('a connection whose other side stops reading is ended, with the answer that waits for it', async () => {
  await using http = await openTestHttp()
  // Minutes, and longer than any route waits before it answers.
  expect(http.app.server.timeout).toBe(300_000)
  http.app.server.timeout = 100
  await http.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = http.app.server.address() as AddressInfo
  const { json } = await http.call('POST', '/api/v1/content/detect_emails', { body: { content: 'x' } })
  // More than the buffers between two sockets hold.
  await http.finishJob(json.job_id, { status: 'success', result: JSON.stringify('x'.repeat(32 * 1024 * 1024)) })
  const socket = connect(port, '127.0.0.1').pause()
  socket.on('error', () => {})
  socket.write(`GET /api/v1/job/status/${json.job_id} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.key}\r\n\r\n`)
  const answered = new Promise((resolve) =>
    http.app.server.once('request', (_, response) => response.once('close', resolve)),
  )
  await answered
  expect(await new Promise((resolve) => http.app.server.getConnections((_, count) => resolve(count)))).toBe(0)
  socket.destroy()
})
