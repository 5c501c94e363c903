import type { OpenTunnel } from './egress-proxy.ts'
import { checkOpen, ProxyError } from './proxy-error.ts'

/** How proxies say that they did not reach an address; at times they mean the way there, so it stays the proxy's fault. */
const UNREACHED_STATUSES: ReadonlySet<number | undefined> = new Set([502, 503, 504])

/**
 * Asks an HTTP proxy for a tunnel to an address by `CONNECT` (RFC 9110 section 9.3.6).
 * @throws ProxyError
 */
export const openHttpTunnel: OpenTunnel = async (socket, { credentials }, target, answered) => {
  // A proxy may answer only when it has reached the receiver: from here on silence may be the receiver's.
  answered()
  const authority = `${target.address.includes(':') ? `[${target.address}]` : target.address}:${target.port}`
  const headers: Record<string, string> = { host: authority }
  if (credentials !== null) {
    const pair = Buffer.from(`${credentials.user}:${credentials.password}`, 'utf8')
    headers['proxy-authorization'] = `Basic ${pair.toString('base64')}`
  }
  // Loaded when there is a proxy: see `http/register-route.ts`.
  const { default: http } = await import('node:http')
  checkOpen(socket)
  const request = http.request({
    method: 'CONNECT',
    path: authority,
    headers,
    // Only looked at without an agent.
    createConnection: () => socket,
  })
  return await new Promise((resolve, reject) => {
    request.once('error', (error) => reject(new ProxyError(`no tunnel through the egress proxy: ${error.message}`)))
    request.once('connect', (response) => {
      if (response.statusCode === 200) return resolve(socket)
      const onlyThisAddress = UNREACHED_STATUSES.has(response.statusCode)
      reject(new ProxyError(`the egress proxy answered ${response.statusCode}`, { onlyThisAddress }))
    })
    request.once('response', (response) => {
      reject(new ProxyError(`the egress proxy answered ${response.statusCode} instead of opening a tunnel`))
    })
    request.end()
  })
}
