/** A browser that is signed in. Its token is not in the database: only the SHA-256 of it, to find it by. */
export interface SessionRow {
  readonly id: string
  readonly accountId: string
  /** The API key it was begun with; null: a sign-in link. */
  readonly apiKeyId: string | null
  /** What the browser said it is, cut to a length that people read. */
  readonly userAgent: string | null
  /** The IP address that signed in. */
  readonly address: string | null
  readonly createdAt: number
  /** To within some minutes. */
  readonly seenAt: number
  readonly expiresAt: number
}

/** A session with what each of its requests is checked against. */
export interface FoundSession extends SessionRow {
  /** The rate limit of the account; null: the server's. */
  readonly requestsPerMinute: number | null
  /** Of the API key it was begun with; null: all. */
  readonly scopes: string | null
}

export interface NewSession extends Omit<SessionRow, 'seenAt'> {
  /** SHA-256 of the token, lower-case hex. */
  readonly hash: string
}

export interface SignInLink {
  /** SHA-256 of the token, lower-case hex. */
  readonly hash: string
  readonly accountId: string
  readonly createdAt: number
  readonly expiresAt: number
}

export interface SessionStore {
  /** Adds a link, and forgets those that have expired. */
  insertSignInLink(link: SignInLink): Promise<void>
  /**
   * Spends a link: of any number of callers one gets the account. Null when there is no such link, any more or at all,
   * or when it has expired.
   */
  spendSignInLink(hash: string, now: number): Promise<{ accountId: string } | null>
  /** Adds a session, and forgets those that have expired. */
  insertSession(session: NewSession): Promise<void>
  /** The session with this hash; null when it has expired or the API key that began it was revoked. */
  findSessionByHash(hash: string, now: number): Promise<FoundSession | null>
  /** The sessions of an account that can still be used, newest first. */
  listSessions(accountId: string, now: number): Promise<SessionRow[]>
  /** Writes that a session was used, and until when it lasts now. Does nothing when it is gone. */
  renewSession(sessionId: string, change: { seenAt: number; expiresAt: number }): Promise<void>
  /** Ends a session; false when the account has no such session. */
  deleteSession(accountId: string, sessionId: string): Promise<boolean>
}
