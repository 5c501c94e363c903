import { newId } from '../../lib/ids.ts'
import type { AccountRow, AccountStore, ApiKeyRow, MetaStore } from '../accounts.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'

const ACCOUNT_FIELDS =
  'id, name, job_webhook_mode as jobWebhookMode, requests_per_minute as requestsPerMinute, created_at as createdAt'
const KEY_FIELDS = 'id, account_id as accountId, name, prefix, scopes, created_at as createdAt, revoked_at as revokedAt'

/** Accounts, API keys and facts about the installation. None of it is hot: the key cache answers most requests. */
export function accountOperations(database: Database): Synchronous<AccountStore & MetaStore> {
  const insertAccount = database.prepare(
    'insert into accounts (id, name, created_at) values (?, ?, ?) on conflict (name) do nothing',
  )
  const insertWebhook = database.prepare(
    `insert into webhooks (id, account_id, name, purpose, created_at, updated_at) values (?1, ?2, ?3, ?4, ?5, ?5)`,
  )
  const insertAddress = database.prepare(
    'insert into addresses (id, account_id, webhook_id, created_at) values (?1, ?2, ?1, ?3)',
  )
  const findByName = database.prepare<AccountRow>(`select ${ACCOUNT_FIELDS} from accounts where name = ?`)
  const findById = database.prepare<AccountRow>(`select ${ACCOUNT_FIELDS} from accounts where id = ?`)
  const list = database.prepare<AccountRow>(`select ${ACCOUNT_FIELDS} from accounts order by id desc`)
  const updateAccount = database.prepare<AccountRow>(
    `update accounts set job_webhook_mode = coalesce(?2, job_webhook_mode),
       requests_per_minute = case ?3 when 1 then ?4 else requests_per_minute end
     where id = ?1 returning ${ACCOUNT_FIELDS}`,
  )
  const insertKey = database.prepare(
    `insert into api_keys (id, account_id, name, prefix, scopes, hash, created_at) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (hash) do nothing`,
  )
  const findKey = database.prepare<ApiKeyRow & Pick<AccountRow, 'requestsPerMinute'>>(
    `select ${KEY_FIELDS}, (select requests_per_minute from accounts a where a.id = account_id) as requestsPerMinute
     from api_keys where hash = ?`,
  )
  const listKeys = database.prepare<ApiKeyRow>(
    `select ${KEY_FIELDS} from api_keys where account_id = ? order by id desc`,
  )
  const revokeKey = database.prepare<ApiKeyRow>(
    `update api_keys set revoked_at = coalesce(revoked_at, ?) where account_id = ? and id = ? returning ${KEY_FIELDS}`,
  )
  const insertMeta = database.prepare('insert into meta (name, value) values (?, ?) on conflict (name) do nothing')
  const findMeta = database.prepare<{ value: string }>('select value from meta where name = ?')

  return {
    ensureAccount(account) {
      const inserted = insertAccount.run(account.id, account.name, account.createdAt)
      if (inserted > 0) {
        for (const [webhookId, name, purpose] of [
          [account.webhookId, 'default', 'jobs'],
          [newId(), 'operational', 'operations'],
        ] as const) {
          insertWebhook.run(webhookId, account.id, name, purpose, account.createdAt)
          insertAddress.run(webhookId, account.id, account.createdAt)
        }
      }
      return findByName.get(account.name) as AccountRow
    },
    findAccount: (accountId) => findById.get(accountId) ?? null,
    listAccounts: () => list.all(),
    updateAccount(accountId, { jobWebhookMode = null, requestsPerMinute }) {
      const hasLimit = requestsPerMinute === undefined ? 0 : 1
      return updateAccount.get(accountId, jobWebhookMode, hasLimit, requestsPerMinute ?? null) ?? null
    },
    insertApiKey(key) {
      insertKey.run(key.id, key.accountId, key.name, key.prefix, key.scopes, key.hash, key.createdAt)
    },
    findApiKeyByHash: (hash) => findKey.get(hash) ?? null,
    listApiKeys: (accountId) => listKeys.all(accountId),
    revokeApiKey: (accountId, keyId, revokedAt) => revokeKey.get(revokedAt, accountId, keyId) ?? null,
    ensureMeta(name, value) {
      insertMeta.run(name, value)
      return (findMeta.get(name) as { value: string }).value
    },
  }
}
