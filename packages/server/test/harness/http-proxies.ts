import http from 'node:http'
import type { AddressInfo } from 'node:net'

interface HttpProxy {
  readonly url: string
  /** The host that each request was for. */
  readonly hosts: readonly string[]
  close(): Promise<void>
}

/** Sends each request on to the next of the origins, and gives the answer to `answer`. */
async function startProxy(
  origins: readonly string[],
  answer: (from: http.IncomingMessage, to: http.ServerResponse) => void,
): Promise<HttpProxy> {
  const hosts: string[] = []
  let turn = 0
  const server = http.createServer((request, response) => {
    const { hostname, port } = new URL(origins[turn++ % origins.length] ?? '')
    const target = URL.parse(request.url ?? '', 'http://itself')
    hosts.push(request.headers.host ?? '')
    const path = `${target?.pathname}${target?.search}`
    const onward = http.request({ hostname, port, path, method: request.method, headers: request.headers }, (from) =>
      answer(from, response),
    )
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hosts,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A proxy as in `HTTP_PROXY`, which takes whole URLs; every host is the origin. */
export function startForwardProxy(origin: string): Promise<HttpProxy> {
  return startProxy([origin], passOn)
}

/** A balancer: each request goes to the next of the origins. */
export function startTurningProxy(origins: readonly string[]): Promise<HttpProxy> {
  return startProxy(origins, passOn)
}

function passOn(from: http.IncomingMessage, to: http.ServerResponse): void {
  to.writeHead(from.statusCode ?? 0, from.headers)
  // Headers that nothing follows yet must not wait for it.
  to.flushHeaders()
  from.pipe(to)
}

/** One that gives an answer when it is complete, and not before. */
export function startHoldingProxy(origin: string): Promise<HttpProxy> {
  return startProxy([origin], (from, to) => {
    const chunks: Buffer[] = []
    from.on('data', (chunk: Buffer) => chunks.push(chunk))
    from.on('error', () => to.destroy())
    from.on('end', () => {
      const { 'transfer-encoding': _, ...headers } = from.headers
      to.writeHead(from.statusCode ?? 0, headers).end(Buffer.concat(chunks))
    })
  })
}
