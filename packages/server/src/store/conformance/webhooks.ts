import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { WebhookChange } from '../webhooks.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

export function describeWebhooks(open: OpenStore): void {
  const world = useWorld(open)

  test('a webhook is found by its id and by its name, in its own account only', async () => {
    const [account, other] = await Promise.all([world.account(), world.account()])
    const byName = await world.store.findWebhook(account.id, 'default')
    expect(byName).toMatchObject({ id: account.webhookId, accountId: account.id, name: 'default' })
    expect(await world.store.findWebhook(account.id, account.webhookId)).toEqual(byName)
    expect(await world.store.findWebhook(other.id, account.webhookId)).toBeNull()
    expect(await world.store.findWebhook(account.id, 'unknown')).toBeNull()
  })

  const CHANGES: Required<WebhookChange> = {
    name: 'other',
    jobTypes: '["content_translate"]',
    jobStatuses: '["failed"]',
    headers: '[["x-tenant","7"]]',
    retrySchedule: '[1000,2000]',
    rateLimitPerSecond: 50,
    enabled: true,
    disabledReason: 'gone',
    url: 'https://receiver.example/other',
    includeResult: true,
    sealedSecret: 'new',
    sealedPreviousSecret: 'old',
    previousSecretUntil: NOON + 1_000,
  }

  test.each(Object.keys(CHANGES) as (keyof WebhookChange)[])(
    'a change of %s leaves everything else as it was',
    async (field) => {
      const { id } = await world.account({ url: 'https://receiver.example/', sealedSecret: 'first' })
      const before = await world.store.findWebhook(id, 'default')
      const change = { [field]: CHANGES[field] }
      const after = await world.store.updateWebhook(id, 'default', change, NOON + 7)
      expect(after).toEqual({ ...before, ...change, updatedAt: NOON + 7 })
      expect(await world.store.findWebhook(id, after?.id ?? '')).toEqual(after)
    },
  )

  test('null empties a field', async () => {
    const { id } = await world.account(ENABLED)
    const emptied = { url: null, sealedSecret: null } as const
    expect(await world.store.updateWebhook(id, 'default', emptied, NOON)).toMatchObject({ ...emptied, enabled: true })
  })

  test('a webhook of another account and an unknown one are not changed', async () => {
    const [account, other] = await Promise.all([world.account(), world.account()])
    expect(await world.store.updateWebhook(other.id, account.webhookId, { enabled: true }, NOON)).toBeNull()
    expect(await world.store.updateWebhook(account.id, newId(), { enabled: true }, NOON)).toBeNull()
    expect(await world.store.findWebhook(account.id, 'default')).toMatchObject({ enabled: false })
  })

  test('switching off discards what waits, and leaves tests, job webhooks, what is sent and what has ended', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const sending = await world.delivery(account.id, processId)
    const ended = await world.delivery(account.id, processId)
    await world.record(ended, processId, {})
    const waiting = await world.delivery(account.id, processId)
    await world.record(waiting, processId, { cause: 'dns', next: { status: 'waiting', nextAttemptAt: NOON + 99 } })
    const jobWebhook = { jobWebhookUrl: 'https://job.example/', leaseDeliveriesMax: 0 }
    const { id: jobId } = await world.endedJob(account.id, processId, jobWebhook)
    const { id: testId } = await world.testDelivery(account)

    await world.store.updateWebhook(account.id, 'default', { enabled: false }, NOON + 50)

    const status = async (id: string) => (await world.store.findDelivery(account.id, id))?.status
    expect(await status(sending.id)).toBe('sending')
    expect(await status(ended.id)).toBe('delivered')
    expect(await status(testId)).toBe('waiting')
    expect(await world.store.listDeliveries({ accountId: account.id, jobId, limit: 10 })).toMatchObject([
      { status: 'waiting', webhookId: null },
    ])
    expect(await world.store.findDelivery(account.id, waiting.id)).toMatchObject({
      status: 'discarded',
      nextAttemptAt: null,
      finishedAt: NOON + 50,
    })
  })

  test('switching one webhook off does not touch those of other accounts', async () => {
    const [account, other] = await Promise.all([world.account(ENABLED), world.account(ENABLED)])
    await world.endedJob(other.id, await world.process(), { leaseDeliveriesMax: 0 })
    await world.store.updateWebhook(account.id, 'default', { enabled: false }, NOON)
    expect(await world.store.listDeliveries({ accountId: other.id, limit: 10 })).toMatchObject([{ status: 'waiting' }])
  })
}
