import type { Socket } from 'node:net'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import { renderProblem } from './problem.ts'

/** What Node's parser tells of a request that it could not read; `rawPacket` is the piece that it stopped in. */
interface ParserError extends Error {
  readonly code?: string
  readonly rawPacket?: Buffer
}

/** The first byte of a TLS connection: somebody speaks `https:` to this port. */
const TLS_HANDSHAKE = 0x16

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/**
 * Answers what is no request yet, so that no route, hook or error handler sees it: broken HTTP, a head that is too long or
 * comes too slowly. With a line in the log like any request, and the connection ends.
 */
export function createClientErrorHandler({ log }: { readonly log: Log }): (error: Error, socket: Socket) => void {
  return (thrown: ParserError, socket) => {
    if (thrown.code === 'ECONNRESET' || socket.destroyed) return
    const error = toAppError(thrown)
    const requestId = newId()
    log.info({ status: error.status, requestId, code: error.code, detail: error.detail, cause: thrown.code }, 'request')
    if (socket.writable) {
      const body = JSON.stringify(renderProblem(error, requestId))
      const head = [
        `HTTP/1.1 ${error.status} ${STATUS_TEXTS[error.status]}`,
        'Content-Type: application/problem+json',
        `Content-Length: ${Buffer.byteLength(body)}`,
        `X-Request-Id: ${requestId}`,
        'Connection: close',
      ]
      socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
    }
    socket.destroy(thrown)
  }
}

function toAppError({ code, rawPacket }: ParserError): AppError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new AppError('request.timeout', { detail: 'The request did not come to its end in time; send it again.' })
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new AppError('request.headers_too_large', { detail: 'Address and headers may have 16 KiB at most.' })
  }
  const detail =
    rawPacket?.[0] === TLS_HANDSHAKE
      ? 'This port speaks plain http, and the connection began with TLS: use http://, or put a TLS proxy in front.'
      : 'What came is not HTTP, or broke off in the middle.'
  return new AppError('request.malformed_http', { detail })
}
