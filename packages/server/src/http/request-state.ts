import type { FastifyInstance } from 'fastify'
import type { AppError } from '../lib/errors.ts'
import type { Route } from './route.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key or session was sent; null before the gate and on public routes. */
    accountId: string | null
    /** The session that a browser asks with; null with an API key. */
    sessionId: string | null
    /** When it came, on the monotonic clock. */
    startedAtMs: number
    /** What it ended with, when that was an error. */
    failure: AppError | null
  }
  interface FastifyContextConfig {
    /** Its line of the route table; the files of the API reference have none. */
    route?: Route
  }
}

/** Gives every request the same shape from the beginning, which keeps property access fast. */
export function addRequestState(app: FastifyInstance): void {
  app.decorateRequest('accountId', null)
  app.decorateRequest('sessionId', null)
  app.decorateRequest('startedAtMs', 0)
  app.decorateRequest('failure', null)
}

/** The account of a request on a route with scope `key`. */
export function accountOf(request: { readonly accountId: string | null }): string {
  if (request.accountId === null) throw new Error('a handler that needs an account stands on a public route')
  return request.accountId
}
