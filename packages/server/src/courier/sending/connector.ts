import net from 'node:net'
import type { Clock } from '../../lib/clock.ts'
import { BlockedAddressError, type ConnectGuard } from '../../webhooks/connect-guard.ts'
import { bareHost } from '../../webhooks/target-url.ts'
import type { Connect, ConnectionTiming } from './connection.ts'
import { goesPast, openTunnel } from './egress-proxy.ts'
import { createEncryption } from './encryption.ts'
import { settled } from './settled.ts'
import type { EgressProxy } from './tunnel.ts'

export interface ConnectorOptions {
  readonly guard: ConnectGuard
  readonly clock: Clock
  /** The deadline of an attempt: a proxy that is silent gets half of it. */
  readonly timeoutMs: number
  /** Where connections leave through; null for straight ones. */
  readonly proxy?: EgressProxy | null
  /** Certificate authorities besides the system's; for tests, whose receivers sign their own. */
  readonly trustedCertificates?: string[] | undefined
}

/**
 * How long one of several addresses may take to answer before the next is tried. TCP asks again after one second: by Node's
 * own 500 ms a first packet that was lost made an address look dead, and when the other one was of a family that this
 * machine has no way to, the attempt failed.
 */
const ADDRESS_MS_MAX = 1_500

interface Target {
  /** An IPv6 address without its brackets. */
  readonly hostname: string
  readonly port: number
}

/** Idle connections are probed by TCP after this time, so that one whose peer vanished is found before it is used. */
const KEEP_ALIVE_PROBE_MS = 30_000

/**
 * Opens connections with the guard at the last possible moment: on the literal, on every address a name resolves to, and on
 * the address the socket really reached. So neither a name that changed its mind between check and connect, nor a redirect,
 * nor a proxy can lead anywhere else. TLS is verified, always; HTTP/1.1 only, because receivers see header names as they
 * were signed and documented.
 */
export function createConnector(options: ConnectorOptions): Connect {
  const { guard, clock, timeoutMs, proxy = null } = options
  const encrypt = createEncryption(options)
  return async function connect(url, signal) {
    const secure = url.protocol === 'https:'
    const target = { hostname: bareHost(url.hostname), port: Number(url.port) || (secure ? 443 : 80) }
    const startedMs = clock.monotonicMs()
    let resolvedMs = startedMs
    const timing: ConnectionTiming = { dnsMs: null, connectMs: null, tlsMs: null }
    const onResolved = () => {
      resolvedMs = clock.monotonicMs()
      if (net.isIP(target.hostname) === 0) timing.dnsMs = resolvedMs - startedMs
    }
    const { socket, address } =
      proxy && !goesPast(proxy, target.hostname)
        ? await openTunnel(proxy, target, { guard, signal, onResolved, clock, timeoutMs })
        : await openSocket(target, { guard, signal, onResolved, timeoutMs })
    const connectedMs = clock.monotonicMs()
    timing.connectMs = connectedMs - resolvedMs
    const ready = secure ? await encrypt(socket, target, signal) : socket
    if (secure) timing.tlsMs = clock.monotonicMs() - connectedMs
    return { socket: ready, remoteAddress: `${net.isIPv6(address) ? `[${address}]` : address}:${target.port}`, timing }
  }
}

interface OpenOptions {
  readonly guard: ConnectGuard
  readonly signal: AbortSignal
  readonly onResolved: () => void
  readonly timeoutMs: number
}

/** A straight TCP connection to an allowed address. */
function openSocket(
  { hostname, port }: Target,
  { guard, signal, onResolved, timeoutMs }: OpenOptions,
): Promise<{ socket: net.Socket; address: string }> {
  guard.checkConnectLiteral(hostname)
  const socket = net.connect({
    host: hostname,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.ceil(Math.min(ADDRESS_MS_MAX, timeoutMs / 4)),
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
