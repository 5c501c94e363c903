import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

/** One connection to a raw server. Nothing is read before {@link RawConnection.request} is called. */
export interface RawConnection {
  readonly socket: Socket
  /** 1 for the first connection of the server. */
  readonly number: number
  /** Resolves with the next whole request: head and as much body as its Content-Length says. */
  request(): Promise<Buffer>
}

/** A server below HTTP: what it does with the bytes is the test's. */
export interface RawServer {
  readonly port: number
  /** `127.0.0.1:4711`, or `[::1]:4711`. */
  readonly authority: string
  /** Connections accepted so far, by TCP: a TLS handshake that failed counts. */
  readonly connectionCount: number
  /** Those that have not ended. */
  readonly openCount: number
  /** Resolves when that many connections have ended, however they ended. */
  ended(count: number): Promise<void>
  close(): Promise<void>
}

/** Starts a server on loopback that gives each connection to `behave`; with `tls`, after its handshake. */
export async function startRawServer(
  behave: (connection: RawConnection) => unknown,
  options: { readonly host?: string; readonly tls?: TlsOptions } = {},
): Promise<RawServer> {
  const { host = '127.0.0.1' } = options
  const sockets = new Set<Socket>()
  const waiting: { count: number; resolve: () => void }[] = []
  let connectionCount = 0
  let endedCount = 0
  let behavingCount = 0

  function onBehave(socket: Socket) {
    socket.on('error', () => {})
    behave({ socket, number: ++behavingCount, request: requestReader(socket) })
  }

  const server: Server = options.tls ? createTlsServer(options.tls, onBehave) : createServer(onBehave)
  server.on('tlsClientError', () => {})
  server.on('connection', (socket: Socket) => {
    connectionCount++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      endedCount++
      for (const waiter of waiting) if (waiter.count <= endedCount) waiter.resolve()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0

  return {
    port,
    authority: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    get connectionCount() {
      return connectionCount
    },
    get openCount() {
      return sockets.size
    },
    ended: (count) =>
      endedCount >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

const HEAD_END = '\r\n\r\n'

function requestReader(socket: Socket): () => Promise<Buffer> {
  let buffer: Buffer = Buffer.alloc(0)
  const readers: ((request: Buffer) => void)[] = []
  let reading = false

  function take() {
    const headEnd = buffer.indexOf(HEAD_END)
    if (headEnd === -1) return
    const head = buffer.toString('latin1', 0, headEnd)
    const bodyLength = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
    const end = headEnd + HEAD_END.length + bodyLength
    if (buffer.length < end) return
    const reader = readers.shift()
    if (!reader) return
    reader(buffer.subarray(0, end))
    buffer = buffer.subarray(end)
  }

  return () =>
    new Promise((resolve) => {
      readers.push(resolve)
      if (reading) return take()
      reading = true
      socket.on('data', (chunk: Buffer) => {
        buffer = Buffer.concat([buffer, chunk])
        take()
      })
    })
}
