import type { FoundSession, SessionRow, SessionStore } from '../sessions.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'

const FIELDS = `s.id, s.account_id as accountId, s.api_key_id as apiKeyId, s.user_agent as userAgent, s.address,
  s.created_at as createdAt, s.seen_at as seenAt, s.expires_at as expiresAt`

/** A session ends with the key that began it. */
const USABLE = `from sessions s left join api_keys k on k.id = s.api_key_id
  where s.expires_at > ?2 and k.revoked_at is null`

/** Sign-in links and sessions. */
export function sessionOperations(database: Database): Synchronous<SessionStore> {
  const insertLink = database.prepare(
    'insert into sign_in_links (hash, account_id, created_at, expires_at) values (?, ?, ?, ?)',
  )
  const forgetLinks = database.prepare('delete from sign_in_links where expires_at <= ?')
  const spendLink = database.prepare<{ accountId: string; expiresAt: number }>(
    'delete from sign_in_links where hash = ? returning account_id as accountId, expires_at as expiresAt',
  )
  const insert = database.prepare(
    `insert into sessions (id, account_id, hash, api_key_id, user_agent, address, created_at, seen_at, expires_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)`,
  )
  const forgetSessions = database.prepare('delete from sessions where expires_at <= ?')
  const find = database.prepare<FoundSession>(
    `select ${FIELDS}, (select requests_per_minute from accounts a where a.id = s.account_id) as requestsPerMinute,
       k.scopes
     ${USABLE} and s.hash = ?1`,
  )
  const list = database.prepare<SessionRow>(`select ${FIELDS} ${USABLE} and s.account_id = ?1 order by s.id desc`)
  const renew = database.prepare('update sessions set seen_at = ?, expires_at = ? where id = ?')
  const remove = database.prepare('delete from sessions where account_id = ? and id = ?')

  return {
    insertSignInLink({ hash, accountId, createdAt, expiresAt }) {
      forgetLinks.run(createdAt)
      insertLink.run(hash, accountId, createdAt, expiresAt)
    },
    spendSignInLink(hash, now) {
      const spent = spendLink.get(hash)
      return spent && spent.expiresAt > now ? { accountId: spent.accountId } : null
    },
    insertSession({ id, accountId, hash, apiKeyId, userAgent, address, createdAt, expiresAt }) {
      forgetSessions.run(createdAt)
      insert.run(id, accountId, hash, apiKeyId, userAgent, address, createdAt, expiresAt)
    },
    findSessionByHash: (hash, now) => find.get(hash, now) ?? null,
    listSessions: (accountId, now) => list.all(accountId, now),
    renewSession(sessionId, { seenAt, expiresAt }) {
      renew.run(seenAt, expiresAt, sessionId)
    },
    deleteSession: (accountId, sessionId) => remove.run(accountId, sessionId) > 0,
  }
}
