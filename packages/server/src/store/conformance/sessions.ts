import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { NewSession } from '../sessions.ts'
import { NOON, type OpenStore, useWorld } from './world.ts'

export function describeSessions(open: OpenStore): void {
  const world = useWorld(open)

  const link = (accountId: string, change: { createdAt?: number } = {}) => {
    const { createdAt = NOON } = change
    return { hash: newId(), accountId, createdAt, expiresAt: createdAt + 1_000 }
  }
  const session = (accountId: string, change: Partial<NewSession> = {}): NewSession => ({
    id: newId(),
    accountId,
    hash: newId(),
    apiKeyId: null,
    userAgent: 'Firefox',
    address: '192.0.2.1',
    createdAt: NOON,
    expiresAt: NOON + 1_000,
    ...change,
  })

  test('of twenty that spend the same link one gets its account, and nobody after', async () => {
    const { id: accountId } = await world.account()
    const added = link(accountId)
    await world.store.insertSignInLink(added)
    const spent = await Promise.all(
      Array.from({ length: 20 }, () => world.store.spendSignInLink(added.hash, NOON + 999)),
    )
    expect(spent.filter((account) => account !== null)).toEqual([{ accountId }])
    expect(await world.store.spendSignInLink(added.hash, NOON + 999)).toBeNull()
  })

  test('a link that has expired, and one that never was, give nothing', async () => {
    const { id: accountId } = await world.account()
    const added = link(accountId)
    await world.store.insertSignInLink(added)
    expect(await world.store.spendSignInLink(added.hash, NOON + 1_000)).toBeNull()
    expect(await world.store.spendSignInLink('unknown', NOON)).toBeNull()
  })

  test('a new link does not take away one that is still good', async () => {
    const { id: accountId } = await world.account()
    const [first, second] = [link(accountId), link(accountId, { createdAt: NOON + 500 })]
    for (const added of [first, second]) await world.store.insertSignInLink(added)
    expect(await world.store.spendSignInLink(first.hash, NOON + 600)).toEqual({ accountId })
  })

  test('a session is found by its hash until it expires, and renewing moves that', async () => {
    const { id: accountId } = await world.account()
    const { hash, ...row } = session(accountId)
    await world.store.insertSession({ hash, ...row })
    expect(await world.store.findSessionByHash(hash, NOON + 999)).toEqual({
      ...row,
      seenAt: NOON,
      requestsPerMinute: null,
      scopes: null,
    })
    expect(await world.store.findSessionByHash(hash, NOON + 1_000)).toBeNull()
    await world.store.renewSession(row.id, { seenAt: NOON + 900, expiresAt: NOON + 1_900 })
    expect(await world.store.findSessionByHash(hash, NOON + 1_000)).toMatchObject({
      seenAt: NOON + 900,
      expiresAt: NOON + 1_900,
    })
    expect(await world.store.findSessionByHash('unknown', NOON)).toBeNull()
  })

  test('a session ends when the API key that began it is revoked', async () => {
    const { id: accountId } = await world.account()
    const keyId = newId()
    await world.store.insertApiKey({
      id: keyId,
      accountId,
      name: 'key',
      prefix: 'rb_',
      scopes: 'read',
      hash: newId(),
      createdAt: NOON,
    })
    const added = session(accountId, { apiKeyId: keyId })
    await world.store.insertSession(added)
    expect(await world.store.findSessionByHash(added.hash, NOON)).toMatchObject({ apiKeyId: keyId, scopes: 'read' })
    await world.store.revokeApiKey(accountId, keyId, NOON)
    expect(await world.store.findSessionByHash(added.hash, NOON)).toBeNull()
    expect(await world.store.listSessions(accountId, NOON)).toEqual([])
  })

  test('the sessions of an account come newest first, without those of others and those that have expired', async () => {
    const [{ id: accountId }, { id: otherId }] = await Promise.all([world.account(), world.account()])
    const ended = session(accountId, { expiresAt: NOON + 1 })
    const kept = [session(accountId), session(accountId)]
    for (const added of [ended, ...kept, session(otherId)]) await world.store.insertSession(added)
    const listed = await world.store.listSessions(accountId, NOON + 1)
    expect(listed.map(({ id }) => id)).toEqual(
      kept
        .map(({ id }) => id)
        .sort()
        .reverse(),
    )
  })

  test('only the own account ends a session, once', async () => {
    const [{ id: accountId }, { id: otherId }] = await Promise.all([world.account(), world.account()])
    const added = session(accountId)
    await world.store.insertSession(added)
    expect(await world.store.deleteSession(otherId, added.id)).toBe(false)
    expect(await world.store.deleteSession(accountId, added.id)).toBe(true)
    expect(await world.store.deleteSession(accountId, added.id)).toBe(false)
    expect(await world.store.findSessionByHash(added.hash, NOON)).toBeNull()
  })
}
