import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiKeys } from '../accounts/api-keys.ts'
import type { KeyOwner } from '../accounts/key-cache.ts'
import type { Allowance, RateLimiter } from '../accounts/rate-limit.ts'
import type { Sessions, SignedIn } from '../accounts/sessions.ts'
import { AppError } from '../lib/errors.ts'
import { scopeMissing } from './request-state.ts'
import { type LimitUse, type Route, scopeNeeded } from './route.ts'
import { createSessionCookie, requireSameOrigin } from './session-cookie.ts'

type Done = (error?: Error) => void

/** Whose request it is, what it may do, and how many the account may make. */
type Allowed = Pick<KeyOwner, 'accountId' | 'requestsPerMinute' | 'scopes'>

/** RFC 6750 section 2.1; the scheme in any case, as RFC 9110 section 11.1 has it. */
const BEARER = /^bearer +(\S+) *$/i

/** Longest key that is looked up at all; ours have 46 characters. */
const KEY_LENGTH_MAX = 512

/** The key of an `Authorization` header; null when there is no header, an error when there is no bearer key in it. */
export function bearerKey(authorization: string | undefined): string | null | AppError {
  if (authorization === undefined || authorization === '') return null
  const key = BEARER.exec(authorization)?.[1]
  return key === undefined || key.length > KEY_LENGTH_MAX ? invalidKey() : key
}

/**
 * Makes the hook that stands before a route: it finds the account of the key, or of the session where no key is sent,
 * asks for the scope of the route, and applies the account's limit, before the body is read. Written with callbacks, not promises: it runs on every
 * request, and mostly has nothing to wait for.
 */
export function createGate(deps: {
  apiKeys: Pick<ApiKeys, 'authenticate'>
  sessions: Pick<Sessions, 'authenticate'>
  limiter: RateLimiter
  publicUrl: string
}) {
  const cookie = createSessionCookie(deps.publicUrl)

  return function gateOf(route: Pick<Route, 'scope' | 'family' | 'limit'>) {
    const needsKey = route.scope !== 'public'
    const scope = scopeNeeded(route.scope)

    return function gate(request: FastifyRequest, reply: FastifyReply, done: Done): void {
      const key = bearerKey(request.headers.authorization)
      if (key instanceof AppError) {
        done(key)
      } else if (key === null) {
        const token = needsKey ? cookie.read(request) : null
        if (token === null) done(needsKey ? missingKey() : undefined)
        else enterWithSession(token, request, reply).then(done, done)
      } else {
        const owner = deps.apiKeys.authenticate(key)
        if (owner instanceof Promise) owner.then((found) => done(enter(found, request, reply)), done)
        else done(enter(owner, request, reply))
      }
    }

    async function enterWithSession(
      token: string,
      request: FastifyRequest,
      reply: FastifyReply,
    ): Promise<AppError | undefined> {
      requireSameOrigin(request, deps.publicUrl)
      const signedIn: SignedIn | null = await deps.sessions.authenticate(token)
      if (signedIn === null) {
        cookie.clear(reply)
        return sessionEnded()
      }
      request.sessionId = signedIn.sessionId
      if (signedIn.renewedForMs !== null) cookie.write(reply, token, signedIn.renewedForMs)
      return enter(signedIn, request, reply)
    }

    /** Lets the owner of the key or session in, or says why not. */
    function enter(owner: Allowed | null, request: FastifyRequest, reply: FastifyReply): AppError | undefined {
      if (owner === null) return invalidKey()
      request.accountId = owner.accountId
      request.scopes = owner.scopes
      if (scope !== null && !owner.scopes.includes(scope)) {
        // RFC 6750 section 3.1.
        reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${scope}"`)
        return scopeMissing(scope)
      }
      if (route.limit === 'none') return undefined
      const allowance = applyLimit(route.limit, owner)
      reply.header('x-ratelimit-limit', allowance.limit)
      reply.header('x-ratelimit-remaining', allowance.remaining)
      reply.header('x-ratelimit-reset', allowance.resetAtSeconds)
      return route.limit === 'spend' && !allowance.allowed ? rateLimited(allowance) : undefined
    }

    function applyLimit(use: Exclude<LimitUse, 'none'>, owner: Allowed): Allowance {
      return use === 'spend' ? deps.limiter.spend(owner) : deps.limiter.look(owner)
    }
  }
}

function missingKey(): AppError {
  return new AppError('auth.missing_key', { detail: 'Send an API key: "Authorization: Bearer <key>".' })
}

function sessionEnded(): AppError {
  return new AppError('auth.session_ended', { detail: 'You have been signed out. Sign in again.' })
}

/** The same for a wrong key and a revoked one: which of the two it is, is nobody's business. */
function invalidKey(): AppError {
  return new AppError('auth.invalid_key', { detail: 'The API key in the Authorization header is not valid.' })
}

function rateLimited({ limit, retryAfterSeconds }: Allowance): AppError {
  return new AppError('request.rate_limited', {
    detail: `The account may make ${limit} requests a minute (RINGBACK_REQUESTS_PER_MINUTE, or a limit of its own). Try again in ${retryAfterSeconds} s.`,
    retryAfterSeconds,
  })
}
