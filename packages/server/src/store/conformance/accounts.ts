import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import { NOON, type OpenStore, useWorld } from './world.ts'

export function describeAccounts(open: OpenStore): void {
  const world = useWorld(open)

  test('twenty concurrent starts make one account with its two webhooks, off and empty', async () => {
    const candidates = Array.from({ length: 20 }, () => ({
      id: newId(),
      name: 'default',
      webhookId: newId(),
      createdAt: NOON,
    }))
    const accounts = await Promise.all(candidates.map((candidate) => world.store.ensureAccount(candidate)))
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(1)
    const [account] = accounts
    expect(account).toMatchObject({
      name: 'default',
      jobWebhookMode: 'instead',
      requestsPerMinute: null,
      createdAt: NOON,
    })
    const webhooks = await world.store.listWebhooks(account?.id ?? '')
    expect(webhooks).toHaveLength(2)
    for (const { name, purpose } of [
      { name: 'default', purpose: 'jobs' },
      { name: 'operational', purpose: 'operations' },
    ]) {
      const webhook = webhooks.find((row) => row.name === name)
      expect(webhook).toEqual({
        id: expect.any(String),
        accountId: account?.id,
        name,
        purpose,
        jobTypes: null,
        jobStatuses: null,
        headers: null,
        retrySchedule: null,
        rateLimitPerSecond: null,
        enabled: false,
        disabledReason: null,
        url: null,
        includeResult: false,
        sealedSecret: null,
        sealedPreviousSecret: null,
        previousSecretUntil: null,
        createdAt: NOON,
        updatedAt: NOON,
      })
      expect(await world.store.findAddress(webhook?.id ?? '')).toEqual({
        id: webhook?.id,
        accountId: account?.id,
        webhookId: webhook?.id,
        origin: null,
        state: 'healthy',
        failures: 0,
        failingSince: null,
        lastFailureAt: null,
        pausedUntil: null,
        lastSuccessAt: null,
        lastCause: null,
        toldState: 'healthy',
      })
    }
  })

  test('an account is found by its id, listed, and its job webhook mode can be changed', async () => {
    const { id } = await world.account()
    expect(await world.store.updateAccount(id, { jobWebhookMode: 'also' })).toMatchObject({
      id,
      jobWebhookMode: 'also',
    })
    const found = await world.store.findAccount(id)
    expect(found).toMatchObject({ id, jobWebhookMode: 'also' })
    expect(await world.store.listAccounts()).toContainEqual(found)
  })

  test('an account can have a rate limit of its own, which is found with its keys, and lose it again', async () => {
    const { id } = await world.account()
    const added = key(id, newId())
    await world.store.insertApiKey(added)
    const limits = async () => [
      (await world.store.findAccount(id))?.requestsPerMinute,
      (await world.store.findApiKeyByHash(added.hash))?.requestsPerMinute,
    ]
    expect(await limits()).toEqual([null, null])
    const limited = await world.store.updateAccount(id, { requestsPerMinute: 120 })
    expect(limited).toMatchObject({ requestsPerMinute: 120, jobWebhookMode: 'instead' })
    await world.store.updateAccount(id, { jobWebhookMode: 'also' })
    expect(await limits()).toEqual([120, 120])
    const freed = await world.store.updateAccount(id, { requestsPerMinute: null })
    expect(freed).toMatchObject({ requestsPerMinute: null, jobWebhookMode: 'also' })
  })

  test('an account that does not exist is neither found nor changed', async () => {
    expect(await world.store.findAccount(newId())).toBeNull()
    expect(await world.store.updateAccount(newId(), { jobWebhookMode: 'also' })).toBeNull()
  })

  const key = (accountId: string, hash: string) => ({
    id: newId(),
    accountId,
    name: 'app',
    prefix: 'rb_abc',
    scopes: null,
    hash,
    createdAt: NOON,
  })

  test('a key is found by its hash, and still when it was revoked', async () => {
    const { id: accountId } = await world.account()
    const { hash, ...row } = key(accountId, newId())
    await world.store.insertApiKey({ hash, ...row })
    expect(await world.store.findApiKeyByHash(hash)).toEqual({ ...row, revokedAt: null, requestsPerMinute: null })
    await world.store.revokeApiKey(accountId, row.id, NOON + 1)
    expect(await world.store.findApiKeyByHash(hash)).toMatchObject({ ...row, revokedAt: NOON + 1 })
    expect(await world.store.findApiKeyByHash('unknown')).toBeNull()
  })

  test('the scopes of a key come back as they were written, wherever it is found', async () => {
    const { id: accountId } = await world.account()
    const limited = { ...key(accountId, newId()), scopes: 'jobs read' }
    for (const added of [limited, key(accountId, newId())]) await world.store.insertApiKey(added)
    expect(await world.store.findApiKeyByHash(limited.hash)).toMatchObject({ scopes: 'jobs read' })
    const listed = await world.store.listApiKeys(accountId)
    expect(new Set(listed.map(({ scopes }) => scopes))).toEqual(new Set(['jobs read', null]))
    expect(await world.store.revokeApiKey(accountId, limited.id, NOON)).toMatchObject({ scopes: 'jobs read' })
  })

  test('the same key inserted by twenty processes is there once', async () => {
    const { id: accountId } = await world.account()
    const hash = newId()
    await Promise.all(Array.from({ length: 20 }, () => world.store.insertApiKey(key(accountId, hash))))
    expect(await world.store.listApiKeys(accountId)).toHaveLength(1)
  })

  test('the keys of an account come newest first, without those of others', async () => {
    const [{ id: accountId }, { id: otherId }] = await Promise.all([world.account(), world.account()])
    const keys = [key(accountId, newId()), key(accountId, newId())]
    for (const added of [...keys, key(otherId, newId())]) await world.store.insertApiKey(added)
    const ids = (await world.store.listApiKeys(accountId)).map(({ id }) => id)
    expect(ids).toEqual(
      keys
        .map(({ id }) => id)
        .sort()
        .reverse(),
    )
  })

  test('revoking twice keeps the first time, and only the own account can do it', async () => {
    const [{ id: accountId }, { id: otherId }] = await Promise.all([world.account(), world.account()])
    const added = key(accountId, newId())
    await world.store.insertApiKey(added)
    expect(await world.store.revokeApiKey(otherId, added.id, NOON + 1)).toBeNull()
    expect(await world.store.revokeApiKey(accountId, added.id, NOON + 2)).toMatchObject({ revokedAt: NOON + 2 })
    expect(await world.store.revokeApiKey(accountId, added.id, NOON + 3)).toMatchObject({ revokedAt: NOON + 2 })
  })

  test('of twenty concurrent values for a name the first stays, and all are told which', async () => {
    const given = await Promise.all(
      Array.from({ length: 20 }, (_, index) => world.store.ensureMeta('key', `v${index}`)),
    )
    expect(new Set(given).size).toBe(1)
    expect(await world.store.ensureMeta('key', 'later')).toBe(given[0])
    expect(await world.store.ensureMeta('other', 'value')).toBe('value')
  })
}
