import { checkOpen, ProxyError } from './proxy-error.ts'
import type { OpenTunnel } from './tunnel.ts'

/**
 * How proxies say that they did not reach an address: 502 and 504 by RFC 9110 sections 15.6.3 and 15.6.5, and 503 as Squid
 * and Envoy do. They count like the same failure of a straight connection: a proxy's own faults spend no attempts, so a
 * receiver that is gone would be tried every ten seconds for ever.
 */
const UNREACHED_CODES: Readonly<Record<number, string>> = { 502: 'EHOSTUNREACH', 503: 'EHOSTUNREACH', 504: 'ETIMEDOUT' }

/**
 * Asks an HTTP proxy for a tunnel to an address by `CONNECT` (RFC 9110 section 9.3.6).
 * @throws ProxyError; an error with the code of a straight connection when the proxy says that the receiver failed
 */
export const openHttpTunnel: OpenTunnel = async (socket, { credentials }, target, { answered }) => {
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
      const { statusCode: status = 0 } = response
      if (status === 200) return resolve(socket)
      const code = UNREACHED_CODES[status]
      if (code === undefined) return reject(new ProxyError(`the egress proxy answered ${status}`))
      reject(Object.assign(new Error(`the egress proxy did not reach the receiver: it answered ${status}`), { code }))
    })
    request.once('response', (response) => {
      reject(new ProxyError(`the egress proxy answered ${response.statusCode} instead of opening a tunnel`))
    })
    request.end()
  })
}
