import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A webhook as it came off the wire. */
export interface ReceivedWebhook {
  readonly path: string
  /** In the order and spelling of the request. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** A receiver on this machine that answers 200 and keeps the first webhook. */
export async function startDemoReceiver(): Promise<{
  readonly url: string
  readonly received: Promise<ReceivedWebhook>
  stop(): Promise<void>
}> {
  const { promise: received, resolve } = Promise.withResolvers<ReceivedWebhook>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.end('ok')
      const raw = request.rawHeaders
      const headers = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []))
      resolve({ path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('utf8') })
    })
  })
  const port = await listenOnFreePort(server)
  return {
    url: `http://127.0.0.1:${port}/webhook`,
    received,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A port that nobody listens on now. */
export async function findFreePort(): Promise<number> {
  const server = createServer()
  const port = await listenOnFreePort(server)
  server.close()
  await once(server, 'close')
  return port
}

async function listenOnFreePort(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
