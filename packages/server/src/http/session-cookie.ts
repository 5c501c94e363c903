import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../lib/errors.ts'

/**
 * The header without which a session cookie counts for nothing. Pages of other origins cannot send it: a header of its
 * own makes the browser ask the server first, and this one never agrees to that.
 */
const DASHBOARD_HEADER = 'x-ringback-dashboard'

/** Longest token that is looked up at all; ours have 43 characters. */
const TOKEN_LENGTH_MAX = 128

/** Reads and writes the cookie of a session. */
export interface SessionCookie {
  /** The token of the request's cookie; null when there is none. */
  read(request: FastifyRequest): string | null
  write(reply: FastifyReply, token: string, maxAgeMs: number): void
  clear(reply: FastifyReply): void
}

/**
 * The cookie: HttpOnly, SameSite=Strict, and Secure with the `__Host-` prefix when the public address is https, so that
 * no neighbour on a subdomain can set it.
 */
export function createSessionCookie(publicUrl: string): SessionCookie {
  const secure = publicUrl.startsWith('https:')
  const name = secure ? '__Host-ringback' : 'ringback'

  function set(reply: FastifyReply, value: string, maxAgeSeconds: number): void {
    const cookie = {
      name,
      value,
      httpOnly: true,
      sameSite: 'strict',
      secure,
      path: '/',
      maxAge: maxAgeSeconds,
    } as const
    reply.header('set-cookie', stringifySetCookie(cookie))
  }

  return {
    read({ headers: { cookie } }) {
      const token = cookie === undefined ? undefined : parseCookie(cookie)[name]
      return token === undefined || token === '' || token.length > TOKEN_LENGTH_MAX ? null : token
    },
    write: (reply, token, maxAgeMs) => set(reply, token, Math.floor(maxAgeMs / 1_000)),
    clear: (reply) => set(reply, '', 0),
  }
}

/**
 * Whether a request comes from a page of this very origin: it has our header, and the browser says so in
 * `Sec-Fetch-Site`, or where that is missing (plain http on another machine) in `Origin`, which must then name the host
 * that was asked or the public address. SameSite alone is not enough: all ports of `localhost` are one site.
 * @throws AppError `auth.cross_origin`
 */
export function requireSameOrigin(request: FastifyRequest, publicUrl: string): void {
  const { headers } = request
  if (headers[DASHBOARD_HEADER] === undefined) {
    throw crossOrigin(`The session of the dashboard counts only with the header ${DASHBOARD_HEADER}: send an API key.`)
  }
  const site = headers['sec-fetch-site']
  if (site !== undefined ? site !== 'same-origin' : !isOwnOrigin(headers.origin, headers.host, publicUrl)) {
    throw crossOrigin('The request was made by a page of another origin.')
  }
}

/** Browsers leave `Origin` out of GET and HEAD requests to their own origin; the header above has been asked for. */
function isOwnOrigin(origin: string | undefined, host: string | undefined, publicUrl: string): boolean {
  if (origin === undefined) return true
  const asked = URL.parse(origin)
  return asked !== null && (asked.host === host || asked.origin === URL.parse(publicUrl)?.origin)
}

function crossOrigin(detail: string): AppError {
  return new AppError('auth.cross_origin', { detail })
}
