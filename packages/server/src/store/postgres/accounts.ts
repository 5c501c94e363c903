import { newId } from '../../lib/ids.ts'
import type { AccountRow, AccountStore, ApiKeyRow, MetaStore } from '../accounts.ts'
import type { Database } from './database.ts'

const ACCOUNT_FIELDS =
  'id, name, job_webhook_mode as "jobWebhookMode", requests_per_minute as "requestsPerMinute", created_at as "createdAt"'
const KEY_FIELDS =
  'id, account_id as "accountId", name, prefix, scopes, created_at as "createdAt", revoked_at as "revokedAt"'

const FIND_ACCOUNT_BY_NAME = `select ${ACCOUNT_FIELDS} from accounts where name = $1`

const INSERT_WEBHOOK = `
  with added as (
    insert into webhooks (id, account_id, name, purpose, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)
    returning id, account_id, created_at
  )
  insert into addresses (id, account_id, webhook_id, created_at) select id, account_id, id, created_at from added`

/** Accounts, API keys and facts about the installation. None of it is hot: the key cache answers most requests. */
export function accountOperations(database: Database): AccountStore & MetaStore {
  return {
    ensureAccount: ({ id, name, webhookId, createdAt }) =>
      // The second of two processes waits in its insert for the first to commit, inserts nothing, and then finds it.
      database.transaction(async (connection) => {
        const inserted = await connection.run(
          'insert into accounts (id, name, created_at) values ($1, $2, $3) on conflict (name) do nothing returning 1',
          [id, name, createdAt],
        )
        if (inserted.length > 0) {
          for (const [ownId, webhookName, purpose] of [
            [webhookId, 'default', 'jobs'],
            [newId(), 'operational', 'operations'],
          ]) {
            await connection.run(INSERT_WEBHOOK, [ownId, id, webhookName, purpose, createdAt])
          }
        }
        const [account] = await connection.run<AccountRow>(FIND_ACCOUNT_BY_NAME, [name])
        return account as AccountRow
      }),
    async findAccount(accountId) {
      const [row] = await database.run<AccountRow>(`select ${ACCOUNT_FIELDS} from accounts where id = $1`, [accountId])
      return row ?? null
    },
    listAccounts: () => database.run<AccountRow>(`select ${ACCOUNT_FIELDS} from accounts order by id desc`),
    async updateAccount(accountId, { jobWebhookMode, requestsPerMinute }) {
      const [row] = await database.run<AccountRow>(
        `update accounts set job_webhook_mode = coalesce($2, job_webhook_mode),
           requests_per_minute = case when $3 then $4::integer else requests_per_minute end
         where id = $1 returning ${ACCOUNT_FIELDS}`,
        [accountId, jobWebhookMode ?? null, requestsPerMinute !== undefined, requestsPerMinute ?? null],
      )
      return row ?? null
    },

    async insertApiKey({ id, accountId, name, prefix, scopes, hash, createdAt }) {
      await database.run(
        `insert into api_keys (id, account_id, name, prefix, scopes, hash, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (hash) do nothing`,
        [id, accountId, name, prefix, scopes, hash, createdAt],
      )
    },
    async findApiKeyByHash(hash) {
      const [row] = await database.run<ApiKeyRow & Pick<AccountRow, 'requestsPerMinute'>>(
        `select ${KEY_FIELDS}, (select requests_per_minute from accounts a where a.id = account_id) as "requestsPerMinute"
         from api_keys where hash = $1`,
        [hash],
      )
      return row ?? null
    },
    listApiKeys: (accountId) =>
      database.run<ApiKeyRow>(`select ${KEY_FIELDS} from api_keys where account_id = $1 order by id desc`, [accountId]),
    async revokeApiKey(accountId, keyId, revokedAt) {
      const [row] = await database.run<ApiKeyRow>(
        `update api_keys set revoked_at = coalesce(revoked_at, $3) where account_id = $1 and id = $2
         returning ${KEY_FIELDS}`,
        [accountId, keyId, revokedAt],
      )
      return row ?? null
    },

    async ensureMeta(name, value) {
      await database.run('insert into meta (name, value) values ($1, $2) on conflict (name) do nothing', [name, value])
      const [row] = await database.run<{ value: string }>('select value from meta where name = $1', [name])
      return (row as { value: string }).value
    },
  }
}
