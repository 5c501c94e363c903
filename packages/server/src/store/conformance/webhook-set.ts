import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const LATER = NOON + 1_000

/** What stays of a deleted webhook's URL. */
const SHOWN_URL = 'https://user:***@receiver.example/'

export function describeWebhookSet(open: OpenStore): void {
  const world = useWorld(open)

  test('a webhook is added with all that was said of it, and with an address', async () => {
    const account = await world.account()
    const webhook = {
      ...world.newWebhook(account.id),
      name: 'billing',
      includeResult: true,
      jobTypes: '["content_translate"]',
      jobStatuses: '["failed"]',
      headers: '[["x-tenant","7"]]',
      retrySchedule: '[1000,5000]',
      rateLimitPerSecond: 25,
    }
    expect(await world.store.insertWebhook(webhook, 10)).toBe('inserted')
    const found = await world.store.findWebhook(account.id, 'billing')
    expect(found).toEqual({
      ...webhook,
      purpose: 'jobs',
      disabledReason: null,
      sealedPreviousSecret: null,
      previousSecretUntil: null,
      updatedAt: NOON,
    })
    const names = (await world.store.listWebhooks(account.id)).map(({ name }) => name)
    expect(names.sort()).toEqual(['billing', 'default', 'operational'])
    expect(await world.store.findAddress(webhook.id)).toMatchObject({ webhookId: webhook.id, state: 'healthy' })
  })

  test('a name is taken once in an account, and free in another', async () => {
    const [account, other] = [await world.account(), await world.account()]
    const named = (accountId: string) => ({ ...world.newWebhook(accountId), name: 'billing' })
    expect(await world.store.insertWebhook(named(account.id), 10)).toBe('inserted')
    expect(await world.store.insertWebhook(named(account.id), 10)).toBe('name')
    expect(await world.store.insertWebhook({ ...named(account.id), name: 'default' }, 10)).toBe('name')
    expect(await world.store.insertWebhook(named(other.id), 10)).toBe('inserted')
  })

  test('an account has no more webhooks than it may, however many are added at once; the operational one is free', async () => {
    const account = await world.account()
    const added = await Promise.all(
      Array.from({ length: 12 }, () => world.store.insertWebhook(world.newWebhook(account.id), 5)),
    )
    expect(added.filter((outcome) => outcome === 'inserted')).toHaveLength(4)
    expect(added.filter((outcome) => outcome === 'limit')).toHaveLength(8)
    const isAdded = ({ name }: { name: string }) => name !== 'default' && name !== 'operational'
    const [first] = (await world.store.listWebhooks(account.id)).filter(isAdded)
    await world.store.deleteWebhook(account.id, first?.id ?? '', SHOWN_URL, NOON)
    expect(await world.store.insertWebhook(world.newWebhook(account.id), 5)).toBe('inserted')
  })

  test('a deleted webhook is gone for all but the record', async () => {
    const account = await world.account()
    const webhook = { ...world.newWebhook(account.id), name: 'billing' }
    await world.store.insertWebhook(webhook, 10)
    const processId = await world.process()
    const sending = (await world.endedJob(account.id, processId)).deliveries[0] as LeasedDelivery
    const [waitingId] = (await world.waiting(account.id, 1)) as [string]

    expect(await world.store.deleteWebhook((await world.account()).id, webhook.id, SHOWN_URL, LATER)).toBe(false)
    expect(await world.store.deleteWebhook(account.id, newId(), SHOWN_URL, LATER)).toBe(false)
    expect(await world.store.deleteWebhook(account.id, webhook.id, SHOWN_URL, LATER)).toBe(true)
    expect(await world.store.deleteWebhook(account.id, webhook.id, SHOWN_URL, LATER)).toBe(false)

    for (const idOrName of [webhook.id, 'billing']) {
      expect(await world.store.findWebhook(account.id, idOrName)).toBeNull()
      expect(await world.store.updateWebhook(account.id, idOrName, { enabled: true }, LATER)).toBeNull()
    }
    expect((await world.store.listWebhooks(account.id)).map(({ id }) => id)).not.toContain(webhook.id)
    expect(await world.endedJob(account.id, processId)).toMatchObject({ finished: true, deliveries: [] })

    expect(await world.store.findDelivery(account.id, waitingId)).toMatchObject({
      status: 'discarded',
      finishedAt: LATER,
      webhookId: webhook.id,
      url: SHOWN_URL,
    })
    const next = { status: 'waiting', nextAttemptAt: LATER + 9 } as const
    expect(await world.record(sending, processId, { cause: 'dns', next })).toMatchObject({ recorded: true })
    expect(await world.store.findDelivery(account.id, sending.id)).toMatchObject({ status: 'discarded' })
    expect(await world.store.listAttempts(sending.id)).toHaveLength(1)
    const filter = { accountId: account.id, webhookId: webhook.id, limit: 10 }
    expect(await world.store.listDeliveries(filter)).toHaveLength(2)
    expect(await world.store.resendDelivery(account.id, sending.id, LATER)).toBe('webhook_off')
    const range = { accountId: account.id, since: NOON, until: LATER }
    expect(await world.store.countRecoverable(range)).toEqual({ recoverable: 0, skipped: 2 })
    expect(await world.store.listUntold(1_000)).not.toContainEqual(expect.objectContaining({ id: webhook.id }))
  })

  test('the name of a deleted webhook can be used again, again and again', async () => {
    const account = await world.account()
    for (let round = 0; round < 3; round++) {
      const webhook = { ...world.newWebhook(account.id), name: 'billing' }
      expect(await world.store.insertWebhook(webhook, 10)).toBe('inserted')
      expect(await world.store.deleteWebhook(account.id, webhook.id, SHOWN_URL, NOON)).toBe(true)
    }
  })

  test('what waits for an address is counted up to a limit, with the age of the oldest', async () => {
    const account = await world.account(ENABLED)
    expect(await world.store.countWaiting(account.webhookId, 10)).toEqual({ waiting: 0, oldestCreatedAt: null })
    await world.waiting(account.id, 2, NOON + 30)
    await world.waiting(account.id, 2, NOON + 20)
    const oldestCreatedAt = NOON + 20
    expect(await world.store.countWaiting(account.webhookId, 10)).toEqual({ waiting: 4, oldestCreatedAt })
    expect(await world.store.countWaiting(account.webhookId, 3)).toEqual({ waiting: 3, oldestCreatedAt })
  })
}
