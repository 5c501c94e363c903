import type { FoundSession, SessionRow, SessionStore } from '../sessions.ts'
import type { Database } from './database.ts'

const FIELDS = `s.id, s.account_id as "accountId", s.api_key_id as "apiKeyId", s.user_agent as "userAgent", s.address,
  s.created_at as "createdAt", s.seen_at as "seenAt", s.expires_at as "expiresAt"`

/** A session ends with the key that began it. */
const USABLE = `from sessions s left join api_keys k on k.id = s.api_key_id
  where s.expires_at > $2 and k.revoked_at is null`

/** Sign-in links and sessions. Not hot: a browser that is busy costs one look-up a second. */
export function sessionOperations(database: Database): SessionStore {
  return {
    insertSignInLink: ({ hash, accountId, createdAt, expiresAt }) =>
      database.transaction(async (connection) => {
        await connection.run('delete from sign_in_links where expires_at <= $1', [createdAt])
        await connection.run(
          'insert into sign_in_links (hash, account_id, created_at, expires_at) values ($1, $2, $3, $4)',
          [hash, accountId, createdAt, expiresAt],
        )
      }),
    async spendSignInLink(hash, now) {
      const [spent] = await database.run<{ accountId: string; expiresAt: number }>(
        'delete from sign_in_links where hash = $1 returning account_id as "accountId", expires_at as "expiresAt"',
        [hash],
      )
      return spent && spent.expiresAt > now ? { accountId: spent.accountId } : null
    },
    insertSession: ({ id, accountId, hash, apiKeyId, userAgent, address, createdAt, expiresAt }) =>
      database.transaction(async (connection) => {
        await connection.run('delete from sessions where expires_at <= $1', [createdAt])
        await connection.run(
          `insert into sessions (id, account_id, hash, api_key_id, user_agent, address, created_at, seen_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
          [id, accountId, hash, apiKeyId, userAgent, address, createdAt, expiresAt],
        )
      }),
    async findSessionByHash(hash, now) {
      const [row] = await database.run<FoundSession>(
        `select ${FIELDS}, (select requests_per_minute from accounts a where a.id = s.account_id) as "requestsPerMinute",
       k.scopes
         ${USABLE} and s.hash = $1`,
        [hash, now],
      )
      return row ?? null
    },
    listSessions: (accountId, now) =>
      database.run<SessionRow>(`select ${FIELDS} ${USABLE} and s.account_id = $1 order by s.id desc`, [accountId, now]),
    async renewSession(sessionId, { seenAt, expiresAt }) {
      await database.run('update sessions set seen_at = $2, expires_at = $3 where id = $1', [
        sessionId,
        seenAt,
        expiresAt,
      ])
    },
    async deleteSession(accountId, sessionId) {
      const gone = await database.run('delete from sessions where account_id = $1 and id = $2 returning 1', [
        accountId,
        sessionId,
      ])
      return gone.length > 0
    },
  }
}
