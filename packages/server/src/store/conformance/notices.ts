import { beforeEach, expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { Notice } from '../notices.ts'
import { failing, failures } from './failures.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const WINDOW_MS = 3_600_000

export function describeNotices(open: OpenStore): void {
  const world = useWorld(open)
  const fail = failures(world)
  /** Later than what the tests before wrote: lists are of all accounts. */
  let start = NOON
  beforeEach(() => {
    start += 10 * WINDOW_MS
  })

  /** An account with an operational webhook, and so many deliveries to `default` that failed at these times. */
  async function failedAt(...times: readonly number[]) {
    const account = await world.account(ENABLED)
    await world.store.updateWebhook(account.id, 'operational', { ...ENABLED, url: 'https://ops.example/' }, NOON)
    const processId = await world.process()
    const failAt = async (time: number) => {
      const leased = await world.delivery(account.id, processId)
      await world.record(leased, processId, { cause: 'status', next: { status: 'failed' }, finishedAt: time })
      return leased.id
    }
    const ids: string[] = []
    for (const time of times) ids.push(await failAt(time))
    const events = async () =>
      (await world.store.listDeliveries({ accountId: account.id, limit: 100 })).filter(
        ({ trigger }) => trigger === 'event',
      )
    return { account, ids, failAt, events }
  }

  const untold = (now: number) =>
    world.store.listFailedDeliveries({ since: start - 1, toldBefore: now - WINDOW_MS, limit: 100 })

  const noticeOf = (addressId: string, change: Partial<Notice>): Notice => ({
    addressId,
    kind: 'deliveries_failed',
    toldBefore: start - WINDOW_MS,
    toldAt: start,
    deliveryId: newId(),
    type: 'delivery.failed',
    body: '{"type":"delivery.failed"}',
    now: start,
    ...change,
  })

  test('what failed for good is counted by address, and told once in a window, whoever tells it at the same time', async () => {
    const { account, ids, failAt, events } = await failedAt(start, start + 2)
    const found = { addressId: account.webhookId, failed: 2, firstAt: start, lastAt: start + 2, deliveryId: ids.at(-1) }
    expect(await untold(start + 3)).toEqual([found])
    const notice = () => noticeOf(account.webhookId, { toldAt: start + 2, now: start + 3 })
    const told = await Promise.all(Array.from({ length: 5 }, () => world.store.tellNotice(notice())))
    expect(told.filter(Boolean)).toHaveLength(1)
    expect(await events()).toMatchObject([{ jobType: 'delivery.failed', status: 'waiting', jobId: null }])

    await failAt(start + 5)
    expect(await untold(start + 6)).toEqual([])
    const later = await untold(start + 2 + WINDOW_MS)
    expect(later).toMatchObject([{ failed: 1, firstAt: start + 5, lastAt: start + 5 }])
    expect(
      await world.store.tellNotice(noticeOf(account.webhookId, { toldBefore: start + 2, toldAt: start + 5 })),
    ).toBe(true)
    expect(await events()).toHaveLength(2)
  })

  test('tests that fail are nobody’s news, and neither is what was before the range', async () => {
    const { account } = await failedAt(start - 5)
    await world.testDelivery(account, start)
    const processId = await world.process()
    const tested = (await world.claim(processId, { now: start })).find(({ trigger }) => trigger === 'test')
    if (!tested) throw new Error('it was not claimed')
    await world.record(tested, processId, { cause: 'status', next: { status: 'failed' }, finishedAt: start })
    expect(await untold(start + 1)).toEqual([])
  })

  test('without an operational webhook that is on it counts as told, and nothing is sent', async () => {
    const { account, events } = await failedAt(start)
    await world.store.updateWebhook(account.id, 'operational', { enabled: false }, start)
    expect(await world.store.tellNotice(noticeOf(account.webhookId, {}))).toBe(true)
    expect(await world.store.tellNotice(noticeOf(account.webhookId, {}))).toBe(false)
    expect(await events()).toEqual([])
  })

  test('webhooks that fail since long are listed until they recover', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    await world.waiting(account.id, 6)
    const pausedUntil = await failing(world, account.id, processId, start)
    const long = async (failingBefore: number) =>
      (await world.store.listLongFailing({ failingBefore, limit: 100 })).filter(
        ({ accountId }) => accountId === account.id,
      )
    expect(await long(start - 1)).toEqual([])
    expect(await long(pausedUntil)).toMatchObject([{ id: account.webhookId, state: 'failing' }])
    const [probe] = await world.claim(processId, { now: pausedUntil })
    if (!probe) throw new Error('it was not claimed')
    await fail(probe, processId, pausedUntil + 1)
    expect(await long(pausedUntil)).toHaveLength(1)
    const again = (await world.store.findAddress(account.webhookId))?.pausedUntil ?? 0
    const [second] = await world.claim(processId, { now: again })
    if (!second) throw new Error('it was not claimed')
    await world.record(second, processId, { finishedAt: again })
    expect(await long(again)).toEqual([])
  })
}
