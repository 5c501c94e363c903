import net from 'node:net'
import type { Clock } from '../../lib/clock.ts'
import type { ConnectGuard } from '../../webhooks/connect-guard.ts'
import { openHttpTunnel } from './http-tunnel.ts'
import { ProxyError } from './proxy-error.ts'
import { openSocksTunnel } from './socks-tunnel.ts'
import type { EgressProxy, TunnelTarget } from './tunnel.ts'

/** Whether a host of a URL is reached straight. The guard judges it as any other. */
export function goesPast({ except }: EgressProxy, hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return except.some((entry) => (entry.startsWith('.') ? host.endsWith(entry) : host === entry))
}

export interface TunnelOptions {
  readonly guard: ConnectGuard
  readonly signal: AbortSignal
  readonly onResolved: () => void
  readonly clock: Clock
  /** The deadline of the connection, in milliseconds. A proxy that is silent gets half of it, to be told from a receiver. */
  readonly timeoutMs: number
}

/**
 * Opens a tunnel to a receiver through the proxy. The name is resolved and judged here, and the proxy is asked for an
 * **address** that was judged, so that it cannot be led somewhere else by its own DNS. The proxy itself may be at a
 * private address: it is our own setting. An address that it cannot reach is followed by the name's next one, as without
 * a proxy: many proxies have no IPv6.
 * @throws ProxyError; BlockedAddressError, or a DNS or connection error as a direct connection would
 */
export async function openTunnel(
  proxy: EgressProxy,
  target: { hostname: string; port: number },
  options: TunnelOptions,
): Promise<{ socket: net.Socket; address: string }> {
  const addresses = await judgedAddresses(target.hostname, options.guard)
  options.onResolved()
  for (const [index, address] of addresses.entries()) {
    try {
      // Nobody is told any more: the attempt ended while the name was looked up.
      options.signal.throwIfAborted()
      return { socket: await askFor({ address, port: target.port }, proxy, options), address }
    } catch (error) {
      const ofProxy = error instanceof ProxyError && !error.onlyThisAddress
      if (ofProxy || options.signal.aborted || index === addresses.length - 1) throw error
    }
  }
  throw new ProxyError('there is no address to ask the egress proxy for')
}

async function askFor(
  target: TunnelTarget,
  proxy: EgressProxy,
  { signal, clock, timeoutMs }: TunnelOptions,
): Promise<net.Socket> {
  const socket = net.connect({ host: proxy.hostname, port: proxy.port, noDelay: true, keepAlive: true })
  const silent = new ProxyError(`the egress proxy said nothing within ${timeoutMs / 2} ms`)
  const cancelPatience = clock.after(timeoutMs / 2, () => socket.destroy(silent))
  const onAbort = () => socket.destroy(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  // Stays on: an error that comes when nobody else listens any more must not end the process.
  socket.on('error', () => {})
  try {
    await connected(socket)
    const open = proxy.protocol === 'socks5' ? openSocksTunnel : openHttpTunnel
    return await open(socket, proxy, target, { answered: cancelPatience, timeoutMs })
  } catch (error) {
    socket.destroy()
    throw socket.errored === silent ? silent : error
  } finally {
    cancelPatience()
    signal.removeEventListener('abort', onAbort)
  }
}

function connected(socket: net.Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (error) => reject(new ProxyError(`no connection to the egress proxy: ${error.message}`)))
  })
}

async function judgedAddresses(hostname: string, guard: ConnectGuard): Promise<readonly string[]> {
  guard.checkConnectLiteral(hostname)
  if (net.isIP(hostname) !== 0) return [hostname]
  return await new Promise((resolve, reject) => {
    guard.lookup(hostname, { all: true }, (error, addresses) => {
      if (error) reject(error)
      else resolve((addresses as { address: string }[]).map(({ address }) => address))
    })
  })
}
