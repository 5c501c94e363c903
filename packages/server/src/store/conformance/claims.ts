import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

export function describeClaims(open: OpenStore): void {
  const world = useWorld(open)

  /** How many deliveries were leased of each address. */
  function countByAddress(leased: readonly LeasedDelivery[]): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { addressId } of leased) counts[addressId] = (counts[addressId] ?? 0) + 1
    return counts
  }

  /** An account with `webhooks` webhooks, for each of which `count` deliveries wait. */
  async function busyAccount(webhooks: number, count: number): Promise<string[]> {
    const account = await world.account(ENABLED)
    const ids = [account.webhookId]
    for (let index = 1; index < webhooks; index++) {
      const id = newId()
      await world.store.insertWebhook({ ...world.newWebhook(account.id), id, name: `webhook ${index}` }, 100)
      ids.push(id)
    }
    await world.waiting(account.id, count)
    return ids
  }

  test('one delivery of a quiet address is in the first claim, whatever waits for a busy one', async () => {
    await busyAccount(1, 1_000)
    const quiet = await world.account(ENABLED)
    await world.waiting(quiet.id, 1, NOON + 400)
    const leased = await world.claim(await world.process(), { limit: 10, now: NOON + 400 })
    expect(leased).toHaveLength(10)
    expect(leased.map(({ addressId }) => addressId)).toContain(quiet.webhookId)
  })

  test('accounts share a claim equally, however many addresses they have; addresses share that of their account', async () => {
    const many = await busyAccount(5, 30)
    const [one] = (await busyAccount(1, 100)) as [string]
    const counts = countByAddress(await world.claim(await world.process(), { limit: 40 }))
    expect(counts[one]).toBe(20)
    expect(many.map((id) => counts[id])).toEqual([4, 4, 4, 4, 4])
  })

  test('a claim is full whenever so much is due, whoever it is for', async () => {
    const [one] = (await busyAccount(1, 1)) as [string]
    const [other] = (await busyAccount(1, 100)) as [string]
    const leased = await world.claim(await world.process(), { limit: 50 })
    expect(countByAddress(leased)).toEqual({ [one]: 1, [other]: 49 })
  })

  test('when there are more addresses than places, those that had a turn come last', async () => {
    const ids = await busyAccount(6, 2)
    const processId = await world.process()
    const claimed: string[] = []
    for (const now of [NOON + 10, NOON + 11, NOON + 12]) {
      const leased = await world.claim(processId, { limit: 2, now })
      claimed.push(...leased.map(({ addressId }) => addressId))
    }
    expect(claimed.sort()).toEqual(ids.sort())
  })

  test('no address gets more than the process has room for; the rest is there for the next claim', async () => {
    const [full, small, usual] = (await busyAccount(3, 20)) as [string, string, string]
    const processId = await world.process()
    const claim = { limit: 100, perAddress: 8, rooms: { [full]: 0, [small]: 3, unknown: 7 } }
    expect(countByAddress(await world.claim(processId, claim))).toEqual({ [small]: 3, [usual]: 8 })
    const rest = countByAddress(await world.claim(await world.process(), { now: NOON + 6 }))
    expect(rest).toEqual({ [full]: 20, [small]: 17, [usual]: 12 })
  })

  test.each([
    { perSecond: 10, burst: 1 },
    { perSecond: 50, burst: 5 },
  ])('a rate of $perSecond a second is kept exactly by two claimers at once', async ({ perSecond, burst }) => {
    const account = await world.account({ ...ENABLED, rateLimitPerSecond: perSecond })
    await world.waiting(account.id, 200)
    const claimers = [await world.process(), await world.process()]
    const startAt = NOON + 1_000
    let sent = 0
    for (let passedMs = 0; passedMs <= 2_000; passedMs += 10) {
      const claims = claimers.map((claimer) => world.claim(claimer, { now: startAt + passedMs, limit: 30 }))
      sent += (await Promise.all(claims)).flat().length
      const allowed = Math.floor((passedMs * perSecond) / 1_000) + burst
      expect(sent, `after ${passedMs} ms`).toBe(allowed)
    }
  })

  test('a limited address is ready again when its rate allows, and does not hold up others', async () => {
    const limited = await world.account({ ...ENABLED, rateLimitPerSecond: 2 })
    await world.waiting(limited.id, 3)
    const processId = await world.process()
    expect(await world.claim(processId)).toHaveLength(1)
    expect(await world.store.nextDeliveryDueAt(NOON + 5)).toBe(NOON + 505)
    const [other] = (await busyAccount(1, 20)) as [string]
    expect(countByAddress(await world.claim(processId, { now: NOON + 6 }))).toEqual({ [other]: 20 })
    expect(await world.claim(processId, { now: NOON + 504 })).toEqual([])
    expect(await world.claim(processId, { now: NOON + 505 })).toHaveLength(1)
  })

  test('a rate that is raised counts at once', async () => {
    const account = await world.account({ ...ENABLED, rateLimitPerSecond: 1 })
    await world.waiting(account.id, 20)
    const processId = await world.process()
    expect(await world.claim(processId)).toHaveLength(1)
    await world.store.updateWebhook(account.id, 'default', { rateLimitPerSecond: null }, NOON + 10)
    expect(await world.claim(processId, { now: NOON + 10 })).toHaveLength(19)
  })

  test('a claim carries what the webhook says about its requests', async () => {
    const rules = { headers: '[["x-tenant","7"]]', retrySchedule: '[1000]' }
    const account = await world.account({ ...ENABLED, ...rules })
    await world.waiting(account.id, 1)
    expect(await world.claim(await world.process())).toMatchObject([
      { customHeaders: rules.headers, retrySchedule: rules.retrySchedule, probe: false, resend: false },
    ])
  })
}
