import {
  idParamsSchema,
  pageQuerySchema,
  problemSchema,
  type Session,
  sessionPageSchema,
  sessionSchema,
  signInSchema,
} from '@ringback/contract'
import { z } from 'zod'
import type { Browser, Sessions } from '../../accounts/sessions.ts'
import { createSignInAttempts } from '../../accounts/sign-in-attempts.ts'
import type { Clock } from '../../lib/clock.ts'
import { isoTime } from '../../lib/iso-time.ts'
import type { SessionRow } from '../../store/sessions.ts'
import { accountOf, requireScope } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { requireSameOrigin, type SessionCookie } from '../session-cookie.ts'
import { pageOfAll } from './page.ts'

/** The session that asks, where an id is expected. */
const CURRENT = 'current'

/** `POST /api/v1/sessions`: signs a browser in, with a one-time link or an API key. */
export function signIn(deps: {
  sessions: Pick<Sessions, 'beginWithLink' | 'beginWithKey'>
  cookie: SessionCookie
  publicUrl: string
  clock: Clock
}): Endpoint {
  const { sessions, cookie, publicUrl, clock } = deps
  const attempts = createSignInAttempts(clock)
  return defineEndpoint({
    body: signInSchema,
    answers: {
      201: sessionSchema,
      401: problemSchema,
      403: problemSchema,
      422: problemSchema,
      429: problemSchema,
    },
    async handle(request, reply) {
      // Else a page of somebody else could sign a browser in to an account that is not its own.
      requireSameOrigin(request, publicUrl)
      const { body } = request
      const browser: Browser = { userAgent: request.headers['user-agent'], address: request.ip }
      const { row, token } = await attempts.run(request.ip, () =>
        body.link === undefined
          ? sessions.beginWithKey(body.api_key ?? '', browser)
          : sessions.beginWithLink(body.link, browser),
      )
      cookie.write(reply, token, row.expiresAt - row.createdAt)
      reply.code(201)
      return showSession(row, row.id)
    },
  })
}

/** `GET /api/v1/sessions`: the browsers that are signed in to the account. */
export function listSessions(deps: { sessions: Pick<Sessions, 'list'> }): Endpoint {
  return defineEndpoint({
    query: pageQuerySchema,
    answers: { 200: sessionPageSchema, 422: problemSchema },
    async handle(request) {
      const rows = await deps.sessions.list(accountOf(request))
      return pageOfAll(rows, request.query, (row) => showSession(row, request.sessionId))
    },
  })
}

/** `DELETE /api/v1/sessions/<id>`: signs a browser out; `current` is the one that asks. */
export function endSession(deps: { sessions: Pick<Sessions, 'end'>; cookie: SessionCookie }): Endpoint {
  const { sessions, cookie } = deps
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 204: z.null(), 403: problemSchema, 404: problemSchema },
    async handle(request, reply) {
      const { id } = request.params
      const sessionId = id === CURRENT ? (request.sessionId ?? '') : id
      if (id !== CURRENT && sessionId !== request.sessionId) requireScope(request, 'manage')
      await sessions.end(accountOf(request), sessionId)
      if (sessionId === request.sessionId) cookie.clear(reply)
      return reply.code(204).send()
    },
  })
}

function showSession(row: SessionRow, currentId: string | null): Session {
  return {
    id: row.id,
    current: row.id === currentId,
    begun_with: row.apiKeyId === null ? 'link' : 'api_key',
    user_agent: row.userAgent,
    address: row.address,
    created_at: isoTime(row.createdAt),
    seen_at: isoTime(row.seenAt),
    expires_at: isoTime(row.expiresAt),
  }
}
