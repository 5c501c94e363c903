import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type ModelReply, play } from './model-replies.ts'
import { schemaOf, wireOf } from './model-wire.ts'

/** A request as it came. */
export interface ModelRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into bodies of four protocols
  readonly body: any
}

/** A model provider on loopback. */
export interface ModelServer {
  /** What the OpenAI protocol's clients need: ends with `/v1`. */
  readonly baseUrl: string
  /** Without a path, for the other protocols. */
  readonly origin: string
  readonly requests: readonly ModelRequest[]
  /** What the next requests get, in order. After them, and without any: `ok`. */
  script(...replies: ModelReply[]): void
  /** Resolves when so many requests have come in all. */
  requested(count: number): Promise<void>
  close(): Promise<void>
}

/**
 * Starts a model provider that speaks the wire formats of the AI SDK's providers (`model-wire.ts`) and answers by the
 * JSON schema of the request, or as scripted (`model-replies.ts`). Texts of made-up answers are `a <name of the property>`.
 */
export async function startModelServer(): Promise<ModelServer> {
  const requests: ModelRequest[] = []
  const replies: ModelReply[] = []
  const arrived = new EventTarget()

  const server = createServer((request, response) => {
    // A client that has gone away is what several tests are about.
    answer(request, response).catch(() => response.destroy())
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await text(request))
    const path = request.url ?? ''
    requests.push({ path, headers: request.headers, body })
    arrived.dispatchEvent(new Event('request'))
    const wire = wireOf(path)
    if (!wire) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"no such path"}}')
      return
    }
    play(replies.shift() ?? { kind: 'ok' }, wire, schemaOf(wire, body), response)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    baseUrl: `${origin}/v1`,
    requests,
    script: (...next) => void replies.push(...next),
    async requested(count) {
      while (requests.length < count) await once(arrived, 'request')
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
