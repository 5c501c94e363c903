import { createServer as createHttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { serveProxy, type TestProxy } from './serve-proxy.ts'
import { startSocksProxy } from './socks-proxy.ts'

/** Starts a proxy that speaks `protocol`. */
export function startEgressProxy(protocol: 'http' | 'socks5'): Promise<TestProxy> {
  return protocol === 'http' ? startConnectProxy() : startSocksProxy()
}

function startConnectProxy(): Promise<TestProxy> {
  return serveProxy(({ asked, refusals, connect }) => {
    const server = createHttpServer((_request, response) => response.writeHead(405).end())
    server.on('connect', (request, client: Socket) => {
      const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(request.url ?? '') ?? []
      const basic = /^Basic (.*)$/.exec(request.headers['proxy-authorization'] ?? '')?.[1]
      const credentials = basic === undefined ? null : Buffer.from(basic, 'base64').toString('utf8')
      asked.push({ host, port: Number(port), credentials })
      const answer = refusals.get(host)
      if (answer !== undefined) return void client.end(`HTTP/1.1 ${answer} No\r\n\r\n`)
      connect(client, host, Number(port), () => client.write('HTTP/1.1 200 OK\r\n\r\n'))
    })
    return server
  })
}
