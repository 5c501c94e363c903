import net from 'node:net'
import tls from 'node:tls'
import type { Clock } from '../../lib/clock.ts'
import { settled } from './settled.ts'
import { createTlsSessions } from './tls-sessions.ts'

/** The TLS handshake failed: certificate, name, protocol, or the connection under it. */
export class TlsError extends Error {
  override readonly name = 'TlsError'

  constructor(cause: Error) {
    super(cause.message, { cause })
  }
}

/**
 * Puts TLS on an open connection to a host, an IPv6 address without its brackets; destroys it when the signal aborts.
 * @throws TlsError, or the reason of the signal
 */
export type Encrypt = (
  plain: net.Socket,
  host: { readonly hostname: string; readonly port: number },
  signal: AbortSignal,
) => Promise<net.Socket>

/**
 * TLS as all connections of a sender have it: always verified, HTTP/1.1 only. They share the certificates that are trusted,
 * and a receiver that was reached before is greeted with its session (RFC 8446 section 2.2). Most receivers are told so
 * rarely that each attempt is a new connection: one took 2.3 ms of our CPU without the two, and takes **1.3**.
 */
export function createEncryption(options: {
  readonly clock: Clock
  /** Certificate authorities besides the system's; for tests, whose receivers sign their own. */
  readonly trustedCertificates?: string[] | undefined
}): Encrypt {
  const sessions = createTlsSessions(options.clock)
  let trust: tls.SecureContext | null = null

  return async function encrypt(plain, { hostname, port }, signal) {
    trust ??= createTrust(options.trustedCertificates)
    const origin = `${hostname}:${port}`
    const known = sessions.of(origin)
    const beganMs = options.clock.monotonicMs()
    const encrypted = tls.connect({
      socket: plain,
      host: hostname,
      // Names are sent to the receiver (SNI), addresses must not be (RFC 6066 section 3).
      servername: net.isIP(hostname) ? '' : hostname,
      ALPNProtocols: ['http/1.1'],
      // Said, because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would change the default.
      rejectUnauthorized: true,
      secureContext: trust,
      ...(known && { session: known.session }),
    })
    const toTlsError = (error: Error) => encrypted.destroy(new TlsError(error))
    plain.on('error', toTlsError)
    encrypted.on('session', (session) => {
      // A session that is kept is not judged again.
      if (!encrypted.authorized) return
      // A receiver can give a session at any time; its certificate was shown when the first of them began.
      sessions.keep(origin, { session, verifiedMs: encrypted.isSessionReused() && known ? known.verifiedMs : beganMs })
    })
    try {
      return await settled(encrypted, 'secureConnect', signal, () => encrypted)
    } catch (error) {
      // Should it be what failed, the next handshake does without it.
      sessions.forget(origin)
      if (signal.aborted || error instanceof TlsError) throw error
      throw new TlsError(error as Error)
    }
  }
}

function createTrust(certificates: readonly string[] | undefined): tls.SecureContext {
  return tls.createSecureContext(certificates && { ca: [...tls.getCACertificates('default'), ...certificates] })
}
