import type { JobWebhookMode } from '@ringback/contract'

/** A tenant. */
export interface AccountRow {
  readonly id: string
  readonly name: string
  readonly jobWebhookMode: JobWebhookMode
  /** Its own rate limit; null: the server's. */
  readonly requestsPerMinute: number | null
  readonly createdAt: number
}

/** Changes of an account; what is left out stays as it is. */
export interface AccountChange {
  readonly jobWebhookMode?: JobWebhookMode
  readonly requestsPerMinute?: number | null
}

/** A key of an account. The key itself is not in the database: only its SHA-256, to find it by. */
export interface ApiKeyRow {
  readonly id: string
  readonly accountId: string
  readonly name: string
  /** The first characters of the key, so that people can tell keys apart. */
  readonly prefix: string
  /** With spaces between, as `accounts/scopes.ts` writes them; null: all. */
  readonly scopes: string | null
  readonly createdAt: number
  readonly revokedAt: number | null
}

export interface NewApiKey {
  readonly id: string
  readonly accountId: string
  readonly name: string
  readonly prefix: string
  readonly scopes: string | null
  /** SHA-256 of the key, lower-case hex. */
  readonly hash: string
  readonly createdAt: number
}

export interface AccountStore {
  /**
   * Creates an account with its webhooks `default` (whose id is given) and `operational`, switched off and empty, or gives the one that has this name: starting
   * twice, or twenty processes at once, makes one.
   */
  ensureAccount(account: { id: string; name: string; webhookId: string; createdAt: number }): Promise<AccountRow>
  findAccount(accountId: string): Promise<AccountRow | null>
  listAccounts(): Promise<AccountRow[]>
  /** Gives the account as it is then, null when there is none. */
  updateAccount(accountId: string, change: AccountChange): Promise<AccountRow | null>

  /** Does nothing when a key with this hash exists already. */
  insertApiKey(key: NewApiKey): Promise<void>
  /** The key with this hash, revoked ones included, with the rate limit of its account. */
  findApiKeyByHash(hash: string): Promise<(ApiKeyRow & Pick<AccountRow, 'requestsPerMinute'>) | null>
  /** All keys of an account, newest first, revoked ones included. */
  listApiKeys(accountId: string): Promise<ApiKeyRow[]>
  /** Gives null when the account has no such key; revoking twice keeps the first time. */
  revokeApiKey(accountId: string, keyId: string, revokedAt: number): Promise<ApiKeyRow | null>
}

/** Small facts about the installation itself, such as the check value of the master key. */
export interface MetaStore {
  /** The value of a name: what was there already, or else `value`, which is then kept. Atomic between processes. */
  ensureMeta(name: string, value: string): Promise<string>
}
