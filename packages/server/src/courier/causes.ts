import { maxHeaderSize } from 'node:http'
import type { AttemptCause } from '@ringback/contract'
import { errors } from 'undici'
import { TlsError } from './connector.ts'
import { ProxyError } from './proxy-error.ts'

/** The step that failed and one sentence for people about it. */
export interface Failure {
  readonly cause: AttemptCause
  readonly message: string
}

const DNS_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'ENODATA', 'ESERVFAIL', 'ETIMEOUT'])
const CONNECT_CODES = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES', 'EPERM'])
const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ECONNABORTED'])
/** Headers longer than Node reads, as undici and its parser call it. */
const OVERFLOW_CODES = new Set(['UND_ERR_HEADERS_OVERFLOW', 'HPE_HEADER_OVERFLOW'])
const PROTOCOL_CODES = new Set(['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'UND_ERR_RESPONSE', 'UND_ERR_INFO'])
/** How undici words answers that it refuses with the code of a broken connection. */
const REFUSED_ANSWERS = new Set(['bad response', 'bad upgrade'])
const INVALID_REQUEST_CODES = new Set(['UND_ERR_INVALID_ARG', 'ERR_INVALID_CHAR', 'ERR_INVALID_URL'])
const TIMEOUT_CODES = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'])
/** TLS that fails after its handshake: a receiver that wants a certificate of ours says so only then. */
const TLS_CODES = /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/
/** Our own sender was closed under the attempt. */
const CLOSED_CODES = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED'])

/**
 * Tells from an error of the socket, of TLS or of undici which step of the attempt failed; `connected` is whether the
 * request was already on a connection. The texts are made here or by Node and contain addresses and ports at most: no
 * secret, no header.
 */
export function failureOf(error: Error, { connected }: { connected: boolean }): Failure {
  if (error instanceof ProxyError) return { cause: 'proxy', message: error.message }
  if (error instanceof TlsError) return { cause: 'tls', message: `TLS failed: ${error.message}` }
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof AggregateError && error.errors.length > 0) {
    // Every address of the name was tried; they mostly fail alike, and the first is the one people know.
    return failureOf(error.errors[0] as Error, { connected })
  }
  if (code === 'ERR_BLOCKED_ADDRESS') return { cause: 'blocked_address', message: error.message }
  if (code !== undefined) {
    if (DNS_CODES.has(code)) return { cause: 'dns', message: `the name could not be resolved (${code})` }
    if (CONNECT_CODES.has(code)) return { cause: 'connect', message: `no connection: ${error.message}` }
    if (TIMEOUT_CODES.has(code)) return { cause: 'connect', message: `no connection: ${error.message}` }
    if (CLOSED_CODES.has(code)) return { cause: 'interrupted', message: 'Ringback stopped during the attempt' }
    if (isRefusedAnswer(error)) return notHttp(error)
    if (OVERFLOW_CODES.has(code)) return { cause: 'response_too_large', message: TOO_LARGE }
    if (RESET_CODES.has(code)) return { cause: 'reset', message: `the connection broke: ${error.message}` }
    if (PROTOCOL_CODES.has(code)) return notHttp(error)
    if (TLS_CODES.test(code)) return { cause: 'tls', message: `TLS failed: ${error.message}` }
    if (INVALID_REQUEST_CODES.has(code)) {
      return { cause: 'invalid_request', message: `the request could not be built: ${error.message}` }
    }
  }
  // Whatever else goes wrong with an answer: undici's parser gives most of its errors no code.
  if (connected || error instanceof errors.HTTPParserError) return notHttp(error)
  return { cause: 'connect', message: `no connection: ${error.message}` }
}

const TOO_LARGE = `the headers of the answer are longer than ${maxHeaderSize / 1_024} KiB`

function notHttp({ message }: Error): Failure {
  return { cause: 'protocol', message: `the answer is not valid HTTP: ${message}` }
}

function isRefusedAnswer(error: Error): boolean {
  return error instanceof errors.SocketError && REFUSED_ANSWERS.has(error.message)
}

/** Errors that a connection gives when the receiver had closed it while it was idle. */
export function isClosedConnection(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code !== undefined && RESET_CODES.has(code) && !isRefusedAnswer(error)
}
