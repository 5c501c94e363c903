import net from 'node:net'
import tls from 'node:tls'
import type { buildConnector } from 'undici'
import type { Clock } from '../lib/clock.ts'
import { BlockedAddressError, type ConnectGuard } from '../webhooks/connect-guard.ts'
import { type EgressProxy, goesPast, openTunnel } from './egress-proxy.ts'

/** How a connection came to be; the first attempt on it reports these times, later ones reuse it and took none. */
export interface ConnectionTiming {
  dnsMs: number | null
  connectMs: number | null
  tlsMs: number | null
}

/** What an attempt records of its connection. */
export interface Connection {
  /** The receiver's address and port, also behind a proxy. */
  readonly remoteAddress: string
  /** Null when an earlier attempt used it. */
  readonly timing: ConnectionTiming | null
}

const connections = new WeakMap<object, Connection>()

/** Notes what is known of a connection that is ready to be used. */
export function keepConnection(socket: object, connection: Connection): void {
  connections.set(socket, connection)
}

/** Gives what is known of a connection; its timing only to the first attempt that asks. */
export function takeConnection(socket: object): Connection | null {
  const connection = connections.get(socket) ?? null
  if (connection?.timing) connections.set(socket, { ...connection, timing: null })
  return connection
}

export interface ConnectorOptions {
  readonly guard: ConnectGuard
  readonly clock: Clock
  /** A connection that is not ready by then is given up; the attempt's own deadline is the same or earlier. */
  readonly timeoutMs: number
  /** Where connections leave through; null for straight ones. */
  readonly proxy?: EgressProxy | null
  /** Certificate authorities besides the system's; for tests, whose receivers sign their own. */
  readonly trustedCertificates?: string[] | undefined
}

interface Target {
  readonly hostname: string
  readonly port: number
}

/** Idle connections are probed by TCP after this time, so that one whose peer vanished is found before it is used. */
const KEEP_ALIVE_PROBE_MS = 30_000

/**
 * Opens connections for undici with the guard at the last possible moment: on the literal, on every address a name
 * resolves to, and on the address the socket really reached. So neither a name that changed its mind between check and
 * connect, nor a redirect, nor a proxy can lead anywhere else. TLS is verified, always; HTTP/1.1 only, because receivers
 * see header names as they were signed and documented.
 *
 * undici's own `buildConnector` has no seam between lookup and connect, and no times; hence our own.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const { clock, timeoutMs, proxy = null } = options

  async function open(target: Target, secure: { servername: string } | null, signal: AbortSignal): Promise<net.Socket> {
    const startedMs = clock.monotonicMs()
    let resolvedMs = startedMs
    const timing: ConnectionTiming = { dnsMs: null, connectMs: null, tlsMs: null }
    const onResolved = () => {
      resolvedMs = clock.monotonicMs()
      if (net.isIP(target.hostname) === 0) timing.dnsMs = resolvedMs - startedMs
    }
    const { socket, address } =
      proxy && !goesPast(proxy, target.hostname)
        ? await openTunnel(proxy, target, { guard: options.guard, signal, onResolved, clock, timeoutMs })
        : await openSocket(target, { guard: options.guard, signal, onResolved })
    const connectedMs = clock.monotonicMs()
    timing.connectMs = connectedMs - resolvedMs
    const ready = secure ? await encrypt(socket, target.hostname, secure.servername, options, signal) : socket
    if (secure) timing.tlsMs = clock.monotonicMs() - connectedMs
    const remoteAddress = `${net.isIPv6(address) ? `[${address}]` : address}:${target.port}`
    keepConnection(ready, { remoteAddress, timing })
    return ready
  }

  return function connect({ hostname, protocol, port, servername }, callback) {
    const secure = protocol === 'https:'
    const target = { hostname, port: Number(port) || (secure ? 443 : 80) }
    const timeout = new AbortController()
    const cancelTimeout = clock.after(timeoutMs, () => timeout.abort(new Error(`no connection within ${timeoutMs} ms`)))
    open(target, secure ? { servername: servername || hostname } : null, timeout.signal)
      .finally(cancelTimeout)
      .then(
        (socket) => callback(null, socket),
        (error: Error) => callback(timeout.signal.aborted ? timeout.signal.reason : error, null),
      )
  }
}

interface OpenOptions {
  readonly guard: ConnectGuard
  readonly signal: AbortSignal
  readonly onResolved: () => void
}

/** A straight TCP connection to an allowed address. */
function openSocket(
  { hostname, port }: Target,
  { guard, signal, onResolved }: OpenOptions,
): Promise<{ socket: net.Socket; address: string }> {
  guard.checkConnectLiteral(hostname)
  const socket = net.connect({
    host: hostname,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
    autoSelectFamily: true,
    lookup: (name, lookupOptions, done) =>
      guard.lookup(name, lookupOptions, (error, ...result) => {
        onResolved()
        done(error, ...result)
      }),
  })
  return settled(socket, 'connect', signal, () => {
    const address = socket.remoteAddress ?? ''
    const verdict = guard.judgeRemote(address)
    if (!verdict.allowed) throw new BlockedAddressError(hostname, address, verdict.range)
    return { socket, address }
  })
}

/** TLS over an open connection. */
async function encrypt(
  plain: net.Socket,
  hostname: string,
  servername: string,
  { trustedCertificates }: ConnectorOptions,
  signal: AbortSignal,
): Promise<net.Socket> {
  const encrypted = tls.connect({
    socket: plain,
    host: hostname,
    // Names are sent to the receiver (SNI), addresses must not be (RFC 6066 section 3).
    servername: net.isIP(servername) ? '' : servername,
    ALPNProtocols: ['http/1.1'],
    // Said, because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would change the default.
    rejectUnauthorized: true,
    ...(trustedCertificates && { ca: [...tls.getCACertificates('default'), ...trustedCertificates] }),
  })
  const toTlsError = (error: Error) => encrypted.destroy(new TlsError(error))
  plain.on('error', toTlsError)
  try {
    return await settled(encrypted, 'secureConnect', signal, () => encrypted)
  } catch (error) {
    if (signal.aborted || error instanceof TlsError) throw error
    throw new TlsError(error as Error)
  }
}

/** Resolves when the event comes; destroys the socket when an error or the signal comes first. */
function settled<Value>(
  socket: net.Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  value: () => Value,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      reject(error)
    }
    const onAbort = () => fail(signal.reason as Error)
    socket.on('error', fail)
    socket.once(event, () => {
      try {
        const result = value()
        signal.removeEventListener('abort', onAbort)
        resolve(result)
      } catch (error) {
        fail(error as Error)
      }
    })
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** The TLS handshake failed: certificate, name, protocol, or the connection under it. */
export class TlsError extends Error {
  override readonly name = 'TlsError'

  constructor(cause: Error) {
    super(cause.message, { cause })
  }
}
