import net from 'node:net'
import tls from 'node:tls'
import type { buildConnector } from 'undici'
import type { Clock } from '../lib/clock.ts'
import { BlockedAddressError, type ConnectGuard } from '../webhooks/connect-guard.ts'

/** How a connection came to be; the first attempt on it reports these times, later ones reuse it and took none. */
export interface ConnectionTiming {
  dnsMs: number | null
  connectMs: number | null
  tlsMs: number | null
}

/** The timing of a connection that no attempt has used yet. */
const freshConnections = new WeakMap<object, ConnectionTiming>()

/** Gives the timing of a connection to the first attempt that asks; null says that it was used before. */
export function takeConnectionTiming(socket: object): ConnectionTiming | null {
  const timing = freshConnections.get(socket) ?? null
  freshConnections.delete(socket)
  return timing
}

/** Idle connections are probed by TCP after this time, so that one whose peer vanished is found before it is used. */
const KEEP_ALIVE_PROBE_MS = 30_000

/**
 * Opens connections for undici with the guard at the last possible moment: on the literal, on every address a name
 * resolves to, and on the address the socket really reached. So neither a name that changed its mind between check and
 * connect, nor a redirect, nor a proxy setting can lead anywhere else. TLS is verified, always; HTTP/1.1 only, because
 * receivers see header names as they were signed and documented.
 *
 * undici's own `buildConnector` has no seam between lookup and connect, and no times; hence our own.
 */
export function createConnector(options: {
  readonly guard: ConnectGuard
  readonly clock: Clock
  /** A connection that is not ready by then is given up; the attempt's own deadline is the same or earlier. */
  readonly timeoutMs: number
  /** Certificate authorities besides the system's; for tests, whose receivers sign their own. */
  readonly trustedCertificates?: string[] | undefined
}): buildConnector.connector {
  const { guard, clock, timeoutMs, trustedCertificates } = options

  return function connect({ hostname, protocol, port, servername }, callback) {
    const startedMs = clock.monotonicMs()
    const timing: ConnectionTiming = { dnsMs: null, connectMs: null, tlsMs: null }
    let settled = false
    let socket: net.Socket | null = null

    const cancelTimeout = clock.after(timeoutMs, () => fail(new Error(`no connection within ${timeoutMs} ms`)))
    function fail(error: Error) {
      if (settled) return
      settled = true
      cancelTimeout()
      socket?.destroy()
      callback(error, null)
    }
    function succeed(ready: net.Socket) {
      if (settled) return
      settled = true
      cancelTimeout()
      freshConnections.set(ready, timing)
      callback(null, ready)
    }

    try {
      guard.checkConnectLiteral(hostname)
    } catch (error) {
      fail(error as Error)
      return
    }

    const secure = protocol === 'https:'
    let resolvedMs = startedMs
    socket = net.connect({
      host: hostname,
      port: Number(port) || (secure ? 443 : 80),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      autoSelectFamily: true,
      lookup: (name, lookupOptions, done) =>
        guard.lookup(name, lookupOptions, (error, ...result) => {
          resolvedMs = clock.monotonicMs()
          timing.dnsMs = resolvedMs - startedMs
          done(error, ...result)
        }),
    })
    const plain = socket
    plain.on('error', fail)
    plain.once('connect', () => {
      const connectedMs = clock.monotonicMs()
      timing.connectMs = connectedMs - resolvedMs
      const verdict = guard.judgeRemote(plain.remoteAddress)
      if (!verdict.allowed) return fail(new BlockedAddressError(hostname, plain.remoteAddress ?? '', verdict.range))
      if (!secure) return succeed(plain)

      const encrypted = tls.connect({
        socket: plain,
        host: hostname,
        // Names are sent to the receiver (SNI), addresses must not be (RFC 6066 section 3).
        servername: net.isIP(servername || hostname) ? '' : servername || hostname,
        ALPNProtocols: ['http/1.1'],
        // Said, because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would change the default.
        rejectUnauthorized: true,
        ...(trustedCertificates && { ca: [...tls.getCACertificates('default'), ...trustedCertificates] }),
      })
      socket = encrypted
      encrypted.on('error', (error) => fail(new TlsError(error)))
      encrypted.once('secureConnect', () => {
        timing.tlsMs = clock.monotonicMs() - connectedMs
        succeed(encrypted)
      })
    })
  }
}

/** The TLS handshake failed: certificate, name, protocol, or the connection under it. */
export class TlsError extends Error {
  override readonly name = 'TlsError'

  constructor(cause: Error) {
    super(cause.message, { cause })
  }
}
