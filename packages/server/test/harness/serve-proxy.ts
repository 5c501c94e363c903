import net, { type AddressInfo, type Server, type Socket } from 'node:net'

/** What a proxy was asked for: the host as it was written, an address or a name. */
export interface AskedOfProxy {
  readonly host: string
  readonly port: number
  /** `user:password`, as the client gave them. */
  readonly credentials: string | null
}

/** A proxy on loopback that tunnels, and keeps what it was asked for. */
export interface TestProxy {
  readonly port: number
  readonly asked: readonly AskedOfProxy[]
  /** From now on a request for this host gets this answer instead of a tunnel: a status (HTTP) or a reply (SOCKS5). */
  refuse(host: string, answer: number): void
  close(): Promise<void>
}

/** What both kinds of proxies do with a client whose request is understood. */
export interface Tunnels {
  readonly asked: AskedOfProxy[]
  readonly refusals: Map<string, number>
  connect(client: Socket, host: string, port: number, granted: () => void): void
}

/** The part of a proxy that is the same for all kinds. */
export async function serveProxy(build: (tunnels: Tunnels) => Server): Promise<TestProxy> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  }
  const tunnels: Tunnels = {
    asked: [],
    refusals: new Map(),
    connect(client, host, port, granted) {
      const server = net.connect(port, host, () => {
        granted()
        server.pipe(client)
        client.pipe(server)
      })
      keep(server)
      server.on('close', () => client.destroy())
    },
  }
  const server = build(tunnels)
  server.on('connection', keep)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    asked: tunnels.asked,
    refuse: (host, answer) => void tunnels.refusals.set(host, answer),
    async close() {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}
