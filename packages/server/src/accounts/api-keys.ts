import { hash } from 'node:crypto'
import { ALL_SCOPES, type ApiKeyScope } from '@ringback/contract'
import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { isId, newId } from '../lib/ids.ts'
import { secretText } from '../lib/secret-text.ts'
import type { AccountStore, ApiKeyRow } from '../store/accounts.ts'
import { createKeyCache, type KeyOwner } from './key-cache.ts'
import { readScopes, writeScopes } from './scopes.ts'

/** What generated keys begin with, so that secret scanners and people recognise them. */
const API_KEY_PREFIX = 'rb_'

/** How much of a key is kept readable, to tell keys apart: `rb_` and 36 bits of 256. */
const SHOWN_PREFIX_LENGTH = 9

/** A shorter key that somebody chose is shown by less of it: never more than a quarter is kept readable. */
const SHOWN_PART_MAX = 0.25

export interface ApiKeys {
  /**
   * Creates a key that may do what the scopes say; all of them when they are left out. The key is in the answer and
   * nowhere else: only its hash is kept.
   */
  create(accountId: string, name: string, scopes?: readonly ApiKeyScope[]): Promise<{ row: ApiKeyRow; key: string }>
  /** Makes a key that somebody chose valid for everything, such as `RINGBACK_API_KEY`. Doing it again changes nothing. */
  ensure(accountId: string, name: string, key: string): Promise<void>
  /** All keys of the account, newest first, revoked ones included. */
  list(accountId: string): Promise<ApiKeyRow[]>
  /**
   * Ends a key: at once in this process, within a second in others. Revoking twice keeps the first time.
   * @throws AppError `api_key.not_found`
   */
  revoke(accountId: string, keyId: string): Promise<ApiKeyRow>
  /** Whose key this is, without waiting when it was just used; null when it is unknown or revoked. */
  authenticate(key: string): KeyOwner | null | Promise<KeyOwner | null>
}

export function createApiKeys(deps: {
  store: Pick<AccountStore, 'insertApiKey' | 'findApiKeyByHash' | 'listApiKeys' | 'revokeApiKey'>
  clock: Clock
}): ApiKeys {
  const { store, clock } = deps
  const cache = createKeyCache(clock)
  // A look-up that began before a revocation must not put the key back into the cache after it.
  let revocations = 0

  async function insert(
    accountId: string,
    name: string,
    key: string,
    scopes: readonly ApiKeyScope[],
  ): Promise<ApiKeyRow> {
    const prefix = shownPrefix(key)
    const row = { id: newId(), accountId, name, prefix, scopes: writeScopes(scopes), createdAt: clock.now() }
    await store.insertApiKey({ ...row, hash: hashKey(key) })
    return { ...row, revokedAt: null }
  }

  async function lookUp(keyHash: string): Promise<KeyOwner | null> {
    const revocationsBefore = revocations
    const row = await store.findApiKeyByHash(keyHash)
    if (!row || row.revokedAt !== null) return null
    const { id: keyId, accountId, requestsPerMinute } = row
    const owner = { keyId, accountId, requestsPerMinute, scopes: readScopes(row.scopes) }
    if (revocations === revocationsBefore) cache.put(keyHash, owner)
    return owner
  }

  return {
    async create(accountId, name, scopes = ALL_SCOPES) {
      const key = API_KEY_PREFIX + secretText()
      return { row: await insert(accountId, name, key, scopes), key }
    },
    async ensure(accountId, name, key) {
      await insert(accountId, name, key, ALL_SCOPES)
    },
    list: (accountId) => store.listApiKeys(accountId),
    async revoke(accountId, keyId) {
      const row = isId(keyId) ? await store.revokeApiKey(accountId, keyId, clock.now()) : null
      if (!row) throw new AppError('api_key.not_found', { detail: 'The account has no API key with this id.' })
      revocations++
      cache.forget(keyId)
      return row
    },
    authenticate(key) {
      const keyHash = hashKey(key)
      return cache.get(keyHash) ?? lookUp(keyHash)
    },
  }
}

/**
 * SHA-256 in lower-case hex. No salt and no slow hash: keys have 256 random bits, so there is nothing to guess, and the
 * hash is what a key is found by.
 */
function hashKey(key: string): string {
  return hash('sha256', key, 'hex')
}

function shownPrefix(key: string): string {
  return key.slice(0, Math.min(SHOWN_PREFIX_LENGTH, Math.floor(key.length * SHOWN_PART_MAX)))
}
