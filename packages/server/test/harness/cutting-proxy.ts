import net from 'node:net'
import { sleep, systemClock } from '../../src/lib/clock.ts'

/** A TCP proxy that can lose answers: what the database says is dropped, and then the connections break. */
export interface CuttingProxy {
  readonly port: number
  /** Breaks all connections and every new one, until `accept`: the database is away. */
  refuse(): void
  accept(): void
  /** Lets nothing more through to the client for a moment, then breaks all connections. */
  cut(): Promise<void>
  close(): Promise<void>
}

/** Long enough for a commit that is under way to happen unheard. */
const MUTE_MS = 15

interface Pair {
  readonly client: net.Socket
  readonly server: net.Socket
  mute: boolean
}

export async function startCuttingProxy(target: { host: string; port: number }): Promise<CuttingProxy> {
  const pairs = new Set<Pair>()
  let refusing = false
  const proxy = net.createServer((client) => {
    if (refusing) {
      client.on('error', () => {})
      client.resetAndDestroy()
      return
    }
    const server = net.connect(target.port, target.host)
    const pair: Pair = { client, server, mute: false }
    pairs.add(pair)
    client.on('data', (bytes) => server.write(bytes))
    server.on('data', (bytes) => pair.mute || client.write(bytes))
    for (const socket of [client, server]) {
      socket.on('error', () => {})
      socket.on('close', () => {
        pairs.delete(pair)
        client.destroy()
        server.end()
      })
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    port: (proxy.address() as net.AddressInfo).port,
    refuse() {
      refusing = true
      for (const pair of pairs) pair.client.destroy()
    },
    accept() {
      refusing = false
    },
    async cut() {
      const cut = [...pairs]
      for (const pair of cut) pair.mute = true
      await sleep(systemClock, MUTE_MS)
      for (const pair of cut) pair.client.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve())
        for (const pair of pairs) pair.client.destroy()
      }),
  }
}
