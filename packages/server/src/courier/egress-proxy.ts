import net from 'node:net'
import type { ConnectGuard } from '../webhooks/connect-guard.ts'

/** The proxy that webhooks leave through; `RINGBACK_WEBHOOK_PROXY`. */
export interface EgressProxy {
  readonly hostname: string
  readonly port: number
  /** `user:password`; null when it asks for none. */
  readonly credentials: string | null
  /** Hosts that are reached past it, in lower case; `.domain` for all names below one. */
  readonly except: readonly string[]
}

/** Whether a host of a URL is reached straight. The guard judges it as any other. */
export function goesPast({ except }: EgressProxy, hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return except.some((entry) => (entry.startsWith('.') ? host.endsWith(entry) : host === entry))
}

/** The proxy did not let us through: ours to mend, and nothing that the receiver did. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
}

/**
 * Opens a tunnel to a receiver through the proxy (`CONNECT`, RFC 9110 section 9.3.6). The name is resolved and judged
 * here, and the proxy is asked for the **address** that was judged, so that it cannot be led somewhere else by its own
 * DNS. The proxy itself may be at a private address: it is our own setting.
 * @throws ProxyError; BlockedAddressError or a DNS error as a direct connection would
 */
export async function openTunnel(
  proxy: EgressProxy,
  target: { hostname: string; port: number },
  { guard, signal, onResolved }: { guard: ConnectGuard; signal: AbortSignal; onResolved: () => void },
): Promise<{ socket: net.Socket; address: string }> {
  const address = await judgedAddress(target.hostname, guard)
  onResolved()
  const authority = `${net.isIPv6(address) ? `[${address}]` : address}:${target.port}`
  const headers: Record<string, string> = { host: authority }
  if (proxy.credentials !== null) {
    headers['proxy-authorization'] = `Basic ${Buffer.from(proxy.credentials, 'utf8').toString('base64')}`
  }
  // Loaded when there is a proxy: see `http/register-route.ts`.
  const { default: http } = await import('node:http')
  const request = http.request({
    host: proxy.hostname,
    port: proxy.port,
    method: 'CONNECT',
    path: authority,
    headers,
    agent: false,
    signal,
  })
  return await new Promise((resolve, reject) => {
    request.once('error', (error) => reject(new ProxyError(`no connection to the egress proxy: ${error.message}`)))
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve({ socket, address })
      socket.destroy()
      reject(new ProxyError(`the egress proxy answered ${response.statusCode}`))
    })
    request.once('response', (response) => {
      request.destroy()
      reject(new ProxyError(`the egress proxy answered ${response.statusCode} instead of opening a tunnel`))
    })
    request.end()
  })
}

async function judgedAddress(hostname: string, guard: ConnectGuard): Promise<string> {
  guard.checkConnectLiteral(hostname)
  if (net.isIP(hostname) !== 0) return hostname
  return await new Promise((resolve, reject) => {
    guard.lookup(hostname, { all: false }, (error, address) => {
      if (error) reject(error)
      else resolve(address as string)
    })
  })
}
