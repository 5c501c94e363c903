import net, { type Socket } from 'node:net'
import { serveProxy, type TestProxy, type Tunnels } from './serve-proxy.ts'

const VERSION = 5
const USER_PASSWORD = 2
const NO_METHOD = 0xff
const ADDRESS_TYPES = { v4: 1, name: 3, v6: 4 }

export interface SocksProxyOptions {
  /** `user:password` that clients have to give; null: it asks for none. */
  readonly credentials?: string | null
  /** What it says to every greeting instead of speaking SOCKS5; empty: nothing at all. */
  readonly says?: Buffer
}

/** A SOCKS5 proxy (RFC 1928) with user and password (RFC 1929) that knows `CONNECT`, small enough to read. */
export function startSocksProxy({ credentials = null, says }: SocksProxyOptions = {}): Promise<TestProxy> {
  return serveProxy((tunnels) =>
    net.createServer((client) => {
      if (says) return void client.once('data', () => client.write(says))
      serve(client, credentials, tunnels).catch(() => client.destroy())
    }),
  )
}

async function serve(client: Socket, wanted: string | null, { asked, refusals, connect }: Tunnels): Promise<void> {
  const take = reader(client)
  const [, methodCount = 0] = await take(2)
  const methods = await take(methodCount)
  if (wanted !== null && !methods.includes(USER_PASSWORD)) return void client.end(Buffer.of(VERSION, NO_METHOD))
  const method = methods.includes(USER_PASSWORD) ? USER_PASSWORD : 0
  client.write(Buffer.of(VERSION, method))
  const given = method === USER_PASSWORD ? await takeCredentials(take) : null
  const known = wanted === null || given === wanted
  if (method === USER_PASSWORD) client.write(Buffer.of(1, known ? 0 : 1))
  if (!known) return void client.end()

  const [, , , type = 0] = await take(4)
  const host = await takeHost(take, type)
  const port = (await take(2)).readUInt16BE()
  asked.push({ host, port, credentials: given })
  const reply = (code: number) => client.write(Buffer.of(VERSION, code, 0, ADDRESS_TYPES.v4, 0, 0, 0, 0, 0, 0))
  const refusal = refusals.get(host)
  if (refusal !== undefined) {
    reply(refusal)
    return void client.end()
  }
  connect(client, host, port, () => reply(0))
}

async function takeCredentials(take: Take): Promise<string> {
  const [, userLength = 0] = await take(2)
  const user = await take(userLength)
  const [passwordLength = 0] = await take(1)
  return `${user}:${await take(passwordLength)}`
}

async function takeHost(take: Take, type: number): Promise<string> {
  if (type === ADDRESS_TYPES.v4) return [...(await take(4))].join('.')
  if (type === ADDRESS_TYPES.name) return String(await take((await take(1))[0] ?? 0))
  const words = (await take(16)).toString('hex').match(/.{4}/g) ?? []
  return new net.SocketAddress({ address: words.join(':'), family: 'ipv6' }).address
}

type Take = (length: number) => Promise<Buffer>

/** Reads so many bytes of a socket, however they come; leaves the rest, for whom it is piped to. */
function reader(socket: Socket): Take {
  return async (length) => {
    if (length === 0) return Buffer.alloc(0)
    while (true) {
      const bytes = socket.read(length) as Buffer | null
      if (bytes?.length === length) return bytes
      if (socket.readableEnded || socket.destroyed) throw new Error('the client has gone')
      await new Promise<void>((resolve) => {
        socket.once('readable', resolve)
        socket.once('close', resolve)
      })
    }
  }
}
