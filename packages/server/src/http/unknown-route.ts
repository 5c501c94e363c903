import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../lib/errors.ts'
import { unknownRoute } from './errors.ts'
import type { Route } from './route.ts'

/**
 * Makes the function that says what is wrong with a request that no route takes: 405 with `Allow` when the address has
 * routes for other methods, else 404.
 */
export function createUnknownRouteError(routes: readonly Pick<Route, 'method' | 'path'>[], answersApi = true) {
  const patterns = routes.map(({ method, path }) => ({ method, pattern: patternOf(path) }))

  return (request: FastifyRequest, reply: FastifyReply): AppError => {
    // The router takes several slashes for one, too.
    const path = (request.url.split('?', 1)[0] as string).replace(/\/{2,}/g, '/')
    const methods = patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    if (methods.length === 0) return answersApi ? unknownRoute() : notHere()
    const allowed = [...new Set(methods)]
      .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
      .join(', ')
    reply.header('allow', allowed)
    return new AppError('request.method_not_allowed', {
      detail: `This address takes ${allowed}, not ${request.method}.`,
    })
  }
}

function notHere(): AppError {
  return new AppError('request.unknown_route', {
    detail:
      'This process has not the role api (RINGBACK_ROLES): it answers /health/live, /health/ready and /metrics alone.',
  })
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/:[a-z]+/g, '[^/]+')}$`)
}
