import type { Clock } from '../../lib/clock.ts'
import { createBoundedCache } from '../../webhooks/bounded-cache.ts'

/** What a receiver can be greeted with in place of a whole handshake. */
export interface TlsSession {
  readonly session: Buffer
  /** When its receiver last showed a certificate, by the monotonic clock. */
  readonly verifiedMs: number
}

/** Sessions of receivers, by host and port. */
export interface TlsSessions {
  /** The last one that was kept, unless it is too old. */
  of(origin: string): TlsSession | undefined
  /** To be called with sessions of connections that were verified, and no others. */
  keep(origin: string, session: TlsSession): void
  forget(origin: string): void
}

/** Receivers whose session is kept; one takes 1 to 3 kB, most of it the certificate. */
const RECEIVERS_MAX = 2_000

/**
 * A receiver shows its certificate at least once an hour. What became of it meanwhile, an end or a recall, goes unnoticed for
 * no longer, however often a session was followed by the next. RFC 8446 section 4.6.1 would allow seven days.
 */
const VERIFIED_MS_MAX = 3_600_000

export function createTlsSessions(clock: Pick<Clock, 'monotonicMs'>): TlsSessions {
  const sessions = createBoundedCache<string, TlsSession>(RECEIVERS_MAX)
  return {
    of(origin) {
      const known = sessions.get(origin)
      return known && clock.monotonicMs() - known.verifiedMs < VERIFIED_MS_MAX ? known : undefined
    },
    keep: (origin, session) => sessions.set(origin, session),
    forget: (origin) => sessions.delete(origin),
  }
}
