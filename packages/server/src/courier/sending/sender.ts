import type { Clock } from '../../lib/clock.ts'
import type { ConnectGuard } from '../../webhooks/connect-guard.ts'
import { failureOf } from './causes.ts'
import type { Connect } from './connection.ts'
import { Connections } from './connections.ts'
import { createConnector } from './connector.ts'
import { Exchange, type ExchangeOptions } from './exchange.ts'
import { NOTHING_SENT, type SendOutcome } from './outcome.ts'
import { requestBytes, type SendRequest, targetOf } from './request-bytes.ts'
import type { EgressProxy } from './tunnel.ts'

export interface Sender {
  /** Sends one request. Never rejects: every failure is an outcome. */
  send(request: SendRequest): Promise<SendOutcome>
  /** Ends what is under way, as `interrupted`. */
  close(): void
}

/** Sends to where the guard allows, through the proxy that is set. */
export function createSender(options: {
  readonly guard: ConnectGuard
  readonly clock: Clock
  readonly timeoutMs: number
  readonly proxy?: EgressProxy | null
  readonly trustedCertificates?: string[] | undefined
}): Sender {
  return createSenderOver(createConnector(options), options)
}

/**
 * Sends over connections of that kind. The deadline covers everything: waiting for a connection, DNS, connect, TLS,
 * sending, and the whole answer.
 */
export function createSenderOver(connect: Connect, { clock, timeoutMs }: ExchangeOptions): Sender {
  const connections = new Connections(connect, clock)
  const options: ExchangeOptions = { clock, timeoutMs }
  return {
    send(request) {
      const startedMs = clock.monotonicMs()
      let bytes: Buffer
      try {
        bytes = requestBytes(request)
      } catch (error) {
        return Promise.resolve({ ...NOTHING_SENT, failure: failureOf(error as Error, { connected: false }) })
      }
      const { origin } = targetOf(request.url)
      return new Promise((resolve) => {
        const first = new Exchange(options, bytes, startedMs, () => {
          // A kept connection that the receiver closed at the moment of sending says nothing about the receiver: one new
          // connection, in the same attempt. As every HTTP client does (RFC 9110 section 9.2.2); receivers drop doubles.
          if (!first.brokeAtReuse || clock.monotonicMs() - startedMs >= timeoutMs) return resolve(first.outcome())
          const second = new Exchange(options, bytes, startedMs, () => resolve(second.outcome()))
          connections.requestNew(origin, second)
        })
        connections.request(origin, first)
      })
    },
    close: () => connections.close(),
  }
}
