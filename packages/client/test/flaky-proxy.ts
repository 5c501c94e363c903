import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What happens to one request, before or after the server behind has answered it. */
export type Mishap =
  | { readonly kind: 'none' }
  | { readonly kind: 'reset' | 'cut' | 'cut-json' | 'hang'; readonly after?: boolean }
  | {
      readonly kind: 'answer'
      readonly after?: boolean
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      /** Waits for a request whose path ends so. */
      readonly path?: string
    }

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A proxy that loses and spoils what it is told to. */
export interface FlakyProxy {
  readonly origin: string
  readonly requests: readonly SeenRequest[]
  /** What the next requests suffer, in order; after them, nothing. */
  script(...mishaps: readonly Mishap[]): void
  /** Resolves when so many requests have come in all. */
  requested(count: number): Promise<void>
  close(): Promise<void>
}

/** @param target origin of the server behind; without one, every request needs a mishap */
export async function startFlakyProxy(target?: string): Promise<FlakyProxy> {
  const requests: SeenRequest[] = []
  const mishaps: Mishap[] = []
  const arrived = new EventTarget()

  async function forward({ method, path, headers, body }: SeenRequest) {
    const names = ['authorization', 'content-type', 'idempotency-key', 'job-webhook', 'prefer']
    const kept = names.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]]))
    const request = { method, headers: Object.fromEntries(kept), ...(method === 'POST' && { body: Buffer.from(body) }) }
    const answer = await fetch(new URL(path, target), request)
    return { answer, text: await answer.text() }
  }

  async function play(request: SeenRequest, response: ServerResponse): Promise<void> {
    const next = mishaps.findIndex((one) => one.kind !== 'answer' || request.path.endsWith(one.path ?? ''))
    const mishap = (next === -1 ? undefined : mishaps.splice(next, 1)[0]) ?? { kind: 'none' }
    const passesOn = mishap.kind === 'none' || mishap.after === true
    const passed = passesOn ? await forward(request) : null
    switch (mishap.kind) {
      case 'none':
        if (!passed) return
        response.writeHead(passed.answer.status, Object.fromEntries(passed.answer.headers)).end(passed.text)
        return
      case 'reset':
        response.socket?.resetAndDestroy()
        return
      case 'cut':
        response.writeHead(202, { 'content-type': 'application/json', 'content-length': '1000' })
        response.write('{"status_url":', () => response.socket?.destroy())
        return
      case 'cut-json':
        response.writeHead(202, { 'content-type': 'application/json' }).end('{"status_url":')
        return
      case 'hang':
        return
      case 'answer':
        response.writeHead(mishap.status, mishap.headers).end(mishap.body ?? '')
        return
    }
  }

  const server = createServer(async (message, response) => {
    const { method = '', url: path = '', headers } = message
    const request = { method, path, headers, body: await buffer(message) }
    requests.push(request)
    arrived.dispatchEvent(new Event('request'))
    play(request, response).catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    script: (...next) => void mishaps.push(...next),
    async requested(count) {
      while (requests.length < count) await once(arrived, 'request')
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
