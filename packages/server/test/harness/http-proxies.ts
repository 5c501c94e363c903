import http from 'node:http'
import https from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { Certificate } from './certificates.ts'

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
  certificate?: Certificate,
): Promise<HttpProxy> {
  const hosts: string[] = []
  let turn = 0
  const passOnRequest = (request: http.IncomingMessage, response: http.ServerResponse) => {
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
  }
  const server = certificate ? https.createServer(certificate, passOnRequest) : http.createServer(passOnRequest)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hosts,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** What ends TLS in front of a server, as a load balancer does. */
export function startTlsProxy(origin: string, certificate: Certificate): Promise<HttpProxy> {
  return startProxy([origin], passOn, certificate)
}

/** A proxy as in `HTTPS_PROXY`, which only makes tunnels (`CONNECT`); every one leads to the origin. */
export async function startTunnelProxy(origin: string): Promise<HttpProxy> {
  const hosts: string[] = []
  const { hostname, port } = new URL(origin)
  const open = new Set<{ destroy(): void }>()
  const server = http.createServer((_request, response) => response.writeHead(405).end())
  server.on('connect', (request, socket, head) => {
    hosts.push(request.url ?? '')
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.write(head)
      socket.pipe(onward).pipe(socket)
    })
    for (const end of [socket, onward]) {
      open.add(end)
      end.on('error', () => {})
      end.on('close', () => {
        socket.destroy()
        onward.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hosts,
    close() {
      for (const end of open) end.destroy()
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
