import { hash as hashOf } from 'node:crypto'
import type { ApiKeyScope } from '@ringback/contract'
import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { isId, newId } from '../lib/ids.ts'
import { secretText } from '../lib/secret-text.ts'
import type { SessionRow, SessionStore } from '../store/sessions.ts'
import type { ApiKeys } from './api-keys.ts'
import { createKeyCache } from './key-cache.ts'
import { createRateLimiter } from './rate-limit.ts'
import { readScopes } from './scopes.ts'

/** How long a link can be used: to get from the terminal to the browser, not to keep. */
const SIGN_IN_LINK_AGE_MS_MAX = 15 * 60_000

/** A browser that is not used for so long is signed out. */
const SESSION_IDLE_MS_MAX = 12 * 3_600_000

/** However much it is used, it is signed out after this: a stolen cookie is no key for ever. */
const SESSION_AGE_MS_MAX = 14 * 24 * 3_600_000

/** How often the use of a session is written: one row in five minutes, not one at each request. */
const RENEW_INTERVAL_MS = 5 * 60_000

/** Sign-ins of one account in a minute, all right: each is a row that is kept for hours, and people need a few a day. */
const SIGN_INS_PER_MINUTE_MAX = 60

/** What a key must be allowed to sign a browser in: one that shows nothing is of no use. */
const SIGN_IN_SCOPE = 'read'

/** What is kept of a `User-Agent`. */
const USER_AGENT_LENGTH_MAX = 300

/** Who opens a session, as far as a request tells. */
export interface Browser {
  readonly userAgent: string | undefined
  readonly address: string
}

/** Who is signed in, and what the browser must be told of it. */
export interface SignedIn {
  readonly sessionId: string
  readonly accountId: string
  /** The rate limit of the account; null: the server's. */
  readonly requestsPerMinute: number | null
  /** What it may do: what the key may that it was begun with, everything with a link. */
  readonly scopes: readonly ApiKeyScope[]
  /** When the session was just renewed: how long it lasts from now. Else null. */
  readonly renewedForMs: number | null
}

/** A new session and the token for its cookie, which is nowhere else. */
export interface BegunSession {
  readonly row: SessionRow
  readonly token: string
}

export interface Sessions {
  /** Makes a one-time link for an account; gives the token for it, which is kept only as a hash. */
  createLink(accountId: string): Promise<string>
  /**
   * Signs a browser in with the token of a link, which is spent by it.
   * @throws AppError `auth.invalid_link`
   */
  beginWithLink(linkToken: string, browser: Browser): Promise<BegunSession>
  /**
   * Signs a browser in with an API key; the session may do what the key may, and ends when the key is revoked.
   * @throws AppError `auth.invalid_key`, `auth.scope_missing`, `auth.too_many_attempts`
   */
  beginWithKey(key: string, browser: Browser): Promise<BegunSession>
  /** Whose session this is, without waiting when it was just used; null when it is unknown or has ended. */
  authenticate(token: string): SignedIn | null | Promise<SignedIn | null>
  /** The sessions of an account that can still be used, newest first. */
  list(accountId: string): Promise<SessionRow[]>
  /**
   * Ends a session: at once in this process, within a second in others.
   * @throws AppError `session.not_found`
   */
  end(accountId: string, sessionId: string): Promise<void>
}

/** Browsers that are signed in to the dashboard. Tokens have 256 random bits, so a plain SHA-256 keeps them. */
export function createSessions(deps: {
  store: SessionStore
  apiKeys: Pick<ApiKeys, 'authenticate'>
  clock: Clock
}): Sessions {
  const { store, apiKeys, clock } = deps
  const cache = createKeyCache(clock)
  const signIns = createRateLimiter({ clock, requestsPerMinute: SIGN_INS_PER_MINUTE_MAX })
  // A look-up that began before a session was ended must not put it back into the cache after it.
  let ended = 0

  async function begin(accountId: string, apiKeyId: string | null, { userAgent, address }: Browser) {
    const token = secretText()
    const now = clock.now()
    const row = {
      id: newId(),
      accountId,
      apiKeyId,
      userAgent: userAgent?.slice(0, USER_AGENT_LENGTH_MAX) ?? null,
      address,
      createdAt: now,
      expiresAt: now + SESSION_IDLE_MS_MAX,
    }
    await store.insertSession({ ...row, hash: hashToken(token) })
    return { row: { ...row, seenAt: now }, token }
  }

  async function lookUp(tokenHash: string): Promise<SignedIn | null> {
    const endedBefore = ended
    const now = clock.now()
    const row = await store.findSessionByHash(tokenHash, now)
    if (!row) return null
    const { accountId, requestsPerMinute } = row
    const scopes = readScopes(row.scopes)
    if (ended === endedBefore) cache.put(tokenHash, { keyId: row.id, accountId, requestsPerMinute, scopes })
    const signedIn = { sessionId: row.id, accountId, requestsPerMinute, scopes }
    if (now - row.seenAt < RENEW_INTERVAL_MS) return { ...signedIn, renewedForMs: null }
    const expiresAt = Math.min(now + SESSION_IDLE_MS_MAX, row.createdAt + SESSION_AGE_MS_MAX)
    await store.renewSession(row.id, { seenAt: now, expiresAt })
    return { ...signedIn, renewedForMs: expiresAt - now }
  }

  return {
    async createLink(accountId) {
      const token = secretText()
      const createdAt = clock.now()
      const expiresAt = createdAt + SIGN_IN_LINK_AGE_MS_MAX
      await store.insertSignInLink({ hash: hashToken(token), accountId, createdAt, expiresAt })
      return token
    },
    async beginWithLink(linkToken, browser) {
      const link = await store.spendSignInLink(hashToken(linkToken), clock.now())
      if (!link) throw invalidLink()
      return begin(link.accountId, null, browser)
    },
    async beginWithKey(key, browser) {
      const owner = await apiKeys.authenticate(key)
      if (!owner) {
        throw new AppError('auth.invalid_key', {
          detail: 'This is no valid API key.',
          fields: [{ field: 'api_key', message: 'is not valid: unknown, mistyped or revoked' }],
        })
      }
      if (!owner.scopes.includes(SIGN_IN_SCOPE)) throw mayNotSignIn()
      const { allowed, retryAfterSeconds } = signIns.spend({ accountId: owner.accountId, requestsPerMinute: null })
      if (!allowed) throw tooManySignIns(retryAfterSeconds)
      return begin(owner.accountId, owner.keyId, browser)
    },
    authenticate(token) {
      const tokenHash = hashToken(token)
      const known = cache.get(tokenHash)
      if (!known) return lookUp(tokenHash)
      const { keyId: sessionId, accountId, requestsPerMinute, scopes } = known
      return { sessionId, accountId, requestsPerMinute, scopes, renewedForMs: null }
    },
    list: (accountId) => store.listSessions(accountId, clock.now()),
    async end(accountId, sessionId) {
      const found = isId(sessionId) && (await store.deleteSession(accountId, sessionId))
      if (!found)
        throw new AppError('session.not_found', { detail: 'The account has no such session, or it has ended.' })
      ended++
      cache.forget(sessionId)
    },
  }
}

function hashToken(token: string): string {
  return hashOf('sha256', token, 'hex')
}

/** For somebody who has the key: that it is valid is no secret to them. */
function mayNotSignIn(): AppError {
  return new AppError('auth.scope_missing', {
    detail: `Signing in to the dashboard needs an API key with the scope "${SIGN_IN_SCOPE}", which this one lacks.`,
    fields: [{ field: 'api_key', message: `is valid, but lacks the scope "${SIGN_IN_SCOPE}", which signing in needs` }],
  })
}

/** The same for a link that was used, that has expired, and that never was. */
function invalidLink(): AppError {
  return new AppError('auth.invalid_link', {
    detail:
      'This sign-in link has been used, has expired, or is not complete. ' +
      'Make a new one with "npm run ringback -- sign-in", or sign in with an API key.',
  })
}

function tooManySignIns(retryAfterSeconds: number): AppError {
  return new AppError('auth.too_many_attempts', {
    detail: `The account was signed in to ${SIGN_INS_PER_MINUTE_MAX} times within a minute. Try again in ${retryAfterSeconds} s.`,
    retryAfterSeconds,
  })
}
