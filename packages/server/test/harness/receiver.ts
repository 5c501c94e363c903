import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came over the socket. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  /** Names and values as written, in order. */
  readonly headers: readonly (readonly [string, string])[]
  /** The exact bytes. */
  readonly body: Buffer
}

/** What the receiver answers; it may also take the socket and be hostile with it. */
export type Answer = (request: ReceivedRequest, response: ServerResponse, message: IncomingMessage) => void

/** Answers with a status and headers, and no body. */
export function answering(status: number, headers: Record<string, string> = {}): Answer {
  return (_request, response) => response.writeHead(status, headers).end()
}

export interface Receiver {
  readonly url: string
  readonly port: number
  /** All requests so far, in order. */
  readonly requests: readonly ReceivedRequest[]
  /** Resolves with the request number `count` (1-based) as soon as it is there. */
  request(count: number): Promise<ReceivedRequest>
  answerWith(answer: Answer): void
  close(): Promise<void>
}

/** The value of a header, whatever the case of its name. */
export function headerOf(request: ReceivedRequest, name: string): string | undefined {
  return request.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
}

/** Headers as the verifying libraries want them. */
export function headersOf(request: ReceivedRequest): Record<string, string> {
  return Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]))
}

/** A real HTTP receiver on loopback, on any free port, that keeps what it gets and answers 200 until told otherwise. */
export async function startReceiver({ port: wantedPort = 0, host = '127.0.0.1' } = {}): Promise<Receiver> {
  const requests: ReceivedRequest[] = []
  const waiting: { count: number; resolve: (request: ReceivedRequest) => void }[] = []
  let answer: Answer = (_request, response) => response.end('ok')

  const server: Server = createServer((message, response) => {
    const chunks: Buffer[] = []
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.on('error', () => {})
    message.on('end', () => {
      const { rawHeaders } = message
      const request: ReceivedRequest = {
        method: message.method ?? '',
        path: message.url ?? '',
        headers: rawHeaders.flatMap((name, index) =>
          index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
        ),
        body: Buffer.concat(chunks),
      }
      requests.push(request)
      answer(request, response, message)
      for (const waiter of waiting) if (waiter.count === requests.length) waiter.resolve(request)
    })
  })
  await new Promise<void>((resolve) => server.listen(wantedPort, host, resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    requests,
    request(count) {
      const known = requests[count - 1]
      if (known) return Promise.resolve(known)
      return new Promise((resolve) => waiting.push({ count, resolve }))
    },
    answerWith(next) {
      answer = next
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
