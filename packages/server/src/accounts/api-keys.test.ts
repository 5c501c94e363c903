import { ALL_SCOPES } from '@ringback/contract'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import type { Store } from '../store/store.ts'
import { createApiKeys } from './api-keys.ts'

let store: Store
let accountId: string
let passedMs = 0
const clock: Clock = { ...systemClock, now: () => 1_700_000_000_000 + passedMs, monotonicMs: () => passedMs }

beforeEach(async () => {
  passedMs = 0
  store = await openSqliteStore({ file: ':memory:', clock })
  const account = await store.ensureAccount({ id: newId(), name: 'a', webhookId: newId(), createdAt: clock.now() })
  accountId = account.id
})
afterEach(() => store.close())

/** The same database as another process sees it: with a cache of its own. */
function anotherProcess() {
  return createApiKeys({ store, clock })
}

describe('API keys', () => {
  test('a new key has 256 random bits, is recognisable, and names its account', async () => {
    const apiKeys = createApiKeys({ store, clock })
    const { row, key } = await apiKeys.create(accountId, 'laptop')
    expect(key).toMatch(/^rb_[A-Za-z0-9_-]{43}$/)
    expect(row).toMatchObject({ accountId, name: 'laptop', prefix: key.slice(0, 9), revokedAt: null })
    expect(await apiKeys.authenticate(key)).toEqual({
      keyId: row.id,
      accountId,
      requestsPerMinute: null,
      scopes: ALL_SCOPES,
    })
  })

  test('the key itself is not in the database', async () => {
    const apiKeys = createApiKeys({ store, clock })
    const { key } = await apiKeys.create(accountId, 'laptop')
    expect(JSON.stringify(await store.listApiKeys(accountId))).not.toContain(key.slice(9))
  })

  test('an unknown key is nobody, however often it is tried', async () => {
    const apiKeys = createApiKeys({ store, clock })
    expect(await apiKeys.authenticate('rb_unknown')).toBeNull()
    expect(await apiKeys.authenticate('rb_unknown')).toBeNull()
  })

  test('a chosen key is valid, and making it valid again changes nothing', async () => {
    const apiKeys = createApiKeys({ store, clock })
    await apiKeys.ensure(accountId, 'chosen', 'chosen-key-of-mine')
    await apiKeys.ensure(accountId, 'chosen', 'chosen-key-of-mine')
    expect(await apiKeys.list(accountId)).toHaveLength(1)
    expect(await apiKeys.authenticate('chosen-key-of-mine')).toMatchObject({ accountId })
  })

  test('no more than a quarter of a chosen key is kept readable', async () => {
    const apiKeys = createApiKeys({ store, clock })
    await apiKeys.ensure(accountId, 'chosen', 'sixteen-letters!')
    expect((await apiKeys.list(accountId))[0]?.prefix).toBe('sixt')
  })

  test('a key in use is answered without waiting', async () => {
    const apiKeys = createApiKeys({ store, clock })
    const { key } = await apiKeys.create(accountId, 'laptop')
    await apiKeys.authenticate(key)
    expect(apiKeys.authenticate(key)).toMatchObject({ accountId })
  })

  test('a revoked key ends at once in the process that revoked it', async () => {
    const apiKeys = createApiKeys({ store, clock })
    const { row, key } = await apiKeys.create(accountId, 'laptop')
    await apiKeys.authenticate(key)
    await apiKeys.revoke(accountId, row.id)
    expect(await apiKeys.authenticate(key)).toBeNull()
  })

  test('a look-up that began before the revocation does not bring the key back', async () => {
    const apiKeys = createApiKeys({ store, clock })
    const { row, key } = await apiKeys.create(accountId, 'laptop')
    const [before] = await Promise.all([apiKeys.authenticate(key), apiKeys.revoke(accountId, row.id)])
    expect(before).not.toBeNull()
    expect(await apiKeys.authenticate(key)).toBeNull()
  })

  test('a revoked key ends within a second in every other process', async () => {
    const other = anotherProcess()
    const { row, key } = await createApiKeys({ store, clock }).create(accountId, 'laptop')
    expect(await other.authenticate(key)).not.toBeNull()
    await store.revokeApiKey(accountId, row.id, clock.now())
    passedMs = 1_000
    expect(await other.authenticate(key)).toBeNull()
  })

  test('revoking twice keeps the first time', async () => {
    const apiKeys = createApiKeys({ store, clock })
    const { row } = await apiKeys.create(accountId, 'laptop')
    const first = await apiKeys.revoke(accountId, row.id)
    passedMs = 5_000
    expect(await apiKeys.revoke(accountId, row.id)).toEqual(first)
  })

  test('the key of another account, an unknown id and what is no id are all not found', async () => {
    const apiKeys = createApiKeys({ store, clock })
    const other = await store.ensureAccount({ id: newId(), name: 'b', webhookId: newId(), createdAt: clock.now() })
    const { row } = await apiKeys.create(other.id, 'theirs')
    for (const id of [row.id, newId(), 'default', '']) {
      await expect(apiKeys.revoke(accountId, id)).rejects.toMatchObject({ code: 'api_key.not_found' })
    }
  })
})
