import { REQUEST_BODY_BYTES_MAX } from '@ringback/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../lib/errors.ts'
import { StoreUnavailableError } from '../store/errors.ts'
import { renderCompatError } from './compat/errors.ts'
import { renderProblem } from './problem.ts'
import type { Family } from './route.ts'

/** What to ask of a client when the database cannot take its request now. */
const UNAVAILABLE_RETRY_SECONDS = 2

/** Longest piece of a request that an error repeats. */
const QUOTED_LENGTH_MAX = 100

/** The one place where an error becomes an answer, whatever threw it. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toAppError(thrown, request)
  request.failure = error
  reply.code(error.status)
  if (error.status === 401) reply.header('www-authenticate', 'Bearer')
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
  const family = request.routeOptions.config.route?.family ?? familyOfPath(request.url)
  if (family === 'compat') {
    reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(renderCompatError(error)))
  } else {
    reply.header('content-type', 'application/problem+json').send(JSON.stringify(renderProblem(error, request.id)))
  }
}

/**
 * The caller's view of anything that was thrown. What is not made for callers, and not a known complaint of the
 * framework about the request, becomes `server.internal` with a fixed text.
 */
function toAppError(thrown: unknown, request: FastifyRequest): AppError {
  if (thrown instanceof AppError) return thrown
  if (thrown instanceof StoreUnavailableError) {
    return new AppError('server.unavailable', {
      detail: 'The database cannot take the request now, or its answer was lost; send the request again later.',
      retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
      cause: thrown,
    })
  }
  switch ((thrown as { code?: unknown } | null)?.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError('request.too_large', { detail: `A body may have ${REQUEST_BODY_BYTES_MAX} bytes at most.` })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError('request.unsupported_media_type', {
        detail: mediaTypeDetail(request),
      })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AppError('request.malformed_json', { detail: 'The body is not as long as Content-Length says.' })
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return unknownRoute()
    default:
      return new AppError('server.internal', {
        detail: 'Something went wrong here, and the log of the server says what. Send the request again later.',
        cause: thrown,
      })
  }
}

/** The 404 for an address that no route has. */
export function unknownRoute(): AppError {
  return new AppError('request.unknown_route', { detail: 'Nothing is at this address. GET /docs shows what there is.' })
}

function mediaTypeDetail({ headers, routeOptions }: FastifyRequest): string {
  const contentType = headers['content-type']
  const sent = contentType === undefined ? 'none' : `"${contentType.slice(0, QUOTED_LENGTH_MAX)}"`
  const { form, body } = routeOptions.config.route?.endpoint ?? {}
  const wanted = [
    ...(body || !form ? ['as JSON with "Content-Type: application/json"'] : []),
    ...(form ? ['as a form with "Content-Type: multipart/form-data"'] : []),
  ]
  return `Send the body ${wanted.join(' or ')}; the Content-Type sent was ${sent}.`
}

const MANAGEMENT_PATH =
  /^\/+api\/+v1\/+(?:account|jobs|webhooks|deliveries|api-keys|sessions|stats|server|workflows|worker|listeners|test-events)(?:[/?]|$)/
const COMPAT_PATH = /^\/+api\/+v1\//

/** Whose error format an address without a route gets: that of the routes around it. */
function familyOfPath(url: string): Family {
  if (MANAGEMENT_PATH.test(url)) return 'management'
  return COMPAT_PATH.test(url) ? 'compat' : 'process'
}
