import type { AttemptCause } from '@ringback/contract'
import { AnswerError } from './answer-reader.ts'
import { ConnectionClosedError } from './connection.ts'
import { SenderClosedError } from './connections.ts'
import { TlsError } from './encryption.ts'
import { ProxyError } from './proxy-error.ts'
import { InvalidHeaderError } from './request-bytes.ts'

/** The step that failed and one sentence for people about it. */
export interface Failure {
  readonly cause: AttemptCause
  readonly message: string
}

const DNS_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'ENODATA', 'ESERVFAIL', 'ETIMEOUT'])
/** What Node calls the questions of its two resolvers (`queryA`, …): with them go codes that connections have too. */
const DNS_SYSCALL = /^(?:query|getaddrinfo)/
const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])
/** TLS that fails after its handshake: a receiver that wants a certificate of ours says so only then. */
const TLS_CODES = /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/

/**
 * Tells from an error of the connection or of what was read from it which step of the attempt failed; `connected` is
 * whether there was a connection. The texts are made here or by Node and contain addresses and ports at most: no secret,
 * no header.
 */
export function failureOf(error: Error, { connected }: { connected: boolean }): Failure {
  if (error instanceof AnswerError) return ofAnswer(error)
  if (error instanceof ConnectionClosedError) return broken(error)
  if (error instanceof ProxyError) return { cause: 'proxy', message: error.message }
  if (error instanceof TlsError) return { cause: 'tls', message: `TLS failed: ${error.message}` }
  if (error instanceof SenderClosedError) {
    return { cause: 'interrupted', message: 'Ringback stopped during the attempt' }
  }
  if (error instanceof InvalidHeaderError) {
    return { cause: 'invalid_request', message: `the request could not be built: ${error.message}` }
  }
  if (error instanceof AggregateError && error.errors.length > 0) {
    // Every address of the name was tried; they mostly fail alike, and the first is the one people know.
    return failureOf(error.errors[0] as Error, { connected })
  }
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException
  if (TLS_CODES.test(code)) return { cause: 'tls', message: `TLS failed: ${error.message}` }
  if (code === 'ERR_BLOCKED_ADDRESS') return { cause: 'blocked_address', message: error.message }
  const ofDns = DNS_CODES.has(code) || DNS_SYSCALL.test(syscall)
  if (ofDns && !connected) return { cause: 'dns', message: `the name could not be resolved (${code})` }
  if (connected || RESET_CODES.has(code)) return broken(error)
  return { cause: 'connect', message: `no connection: ${error.message}` }
}

function ofAnswer({ attemptCause, message }: AnswerError): Failure {
  if (attemptCause === 'response_too_large') return { cause: attemptCause, message }
  return { cause: attemptCause, message: `the answer is not valid HTTP: ${message}` }
}

function broken({ message }: Error): Failure {
  return { cause: 'reset', message: `the connection broke: ${message}` }
}
