import type { ApiKeyScope } from '@ringback/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../lib/errors.ts'
import type { Route } from './route.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key or session was sent; null before the gate and on public routes. */
    accountId: string | null
    /** What the key or the session may do; null before the gate and on public routes. */
    scopes: readonly ApiKeyScope[] | null
    /** The session that a browser asks with; null with an API key. */
    sessionId: string | null
    /** When it came, on the monotonic clock. */
    startedAtMs: number
    /** What it ended with, when that was an error. */
    failure: AppError | null
    /** The JSON of its body as it was written; empty when there was none. */
    jsonText: string
  }
  interface FastifyContextConfig {
    /** Its line of the route table; the files of the API reference have none. */
    route?: Route
  }
}

/** Gives every request the same shape from the beginning, which keeps property access fast. */
export function addRequestState(app: FastifyInstance): void {
  app.decorateRequest('accountId', null)
  app.decorateRequest('scopes', null)
  app.decorateRequest('sessionId', null)
  app.decorateRequest('startedAtMs', 0)
  app.decorateRequest('failure', null)
  app.decorateRequest('jsonText', '')
}

/** The account of a request on a route that is not public. */
export function accountOf(request: { readonly accountId: string | null }): string {
  if (request.accountId === null) throw new Error('a handler that needs an account stands on a public route')
  return request.accountId
}

/**
 * Makes sure that a request may do more than its route asks for.
 * @throws AppError `auth.scope_missing`
 */
export function requireScope(request: Pick<FastifyRequest, 'scopes'>, scope: ApiKeyScope): void {
  if (!request.scopes?.includes(scope)) throw scopeMissing(scope)
}

/** Says which scope is missing: whoever has the key can then be given one that has it. */
export function scopeMissing(scope: ApiKeyScope): AppError {
  return new AppError('auth.scope_missing', {
    detail: `This needs the scope "${scope}", which the API key does not have. Use a key that has it.`,
  })
}
