import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import { failures } from './failures.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

/** Later than every pause of the disorder. */
const AFTERWARDS = NOON + 3_600_000

/** The same numbers in each run, from 0 to `max` - 1: what fails can be repeated. */
function numbers(seed: number): (max: number) => number {
  let state = seed
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * max)
  }
}

export function describeContention(open: OpenStore): void {
  const world = useWorld(open)
  const fail = failures(world)

  /** Everything that touches addresses, by many at once, in an order that nobody planned. */
  async function disorder(seed: number) {
    const accounts = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const account = await world.account(ENABLED)
        await world.store.updateWebhook(account.id, 'operational', ENABLED, NOON)
        await world.store.updateAccount(account.id, { jobWebhookMode: 'also' })
        for (let index = 0; index < 2; index++) await world.store.insertWebhook(world.newWebhook(account.id), 10)
        return account.id
      }),
    )

    async function actor(index: number) {
      const pick = numbers(seed * 100 + index)
      let processId = await world.process()
      let now = NOON + 1_000

      async function attempt(delivery: LeasedDelivery) {
        const chance = pick(10)
        if (chance < 5) await world.record(delivery, processId, { finishedAt: now })
        else if (chance < 6) await fail(delivery, processId, now, { slow: true })
        else if (chance < 7 && pick(8) === 0) await fail(delivery, processId, now, { gone: true })
        else await fail(delivery, processId, now, {}, chance < 9 ? {} : { next: { status: 'failed' } })
      }

      for (let step = 0; step < 25; step++) {
        now += pick(4_000)
        const accountId = accounts[pick(accounts.length)] as string
        const what = pick(12)
        if (what < 4) {
          const change = pick(2) === 0 ? {} : { jobWebhookUrl: `https://host-${pick(3)}.example/` }
          const ends = Array.from({ length: 6 }, () =>
            world.endedJob(accountId, processId, { ...change, finishedAt: now, leaseDeliveriesMax: pick(3) }),
          )
          await Promise.all((await Promise.all(ends)).flatMap(({ deliveries }) => deliveries.map(attempt)))
        } else if (what < 8) {
          await Promise.all((await world.claim(processId, { now, limit: 12, perAddress: 4 })).map(attempt))
        } else if (what < 9) {
          const listed = await world.store.listDeliveries({ accountId, limit: 20 })
          const resends = listed.slice(0, 3).map(({ id }) => world.store.resendDelivery(accountId, id, now))
          const discards = listed.slice(-2).map(({ id }) => world.store.discardDelivery(accountId, id, now))
          await Promise.all([...resends, ...discards])
        } else if (what < 10) {
          const [webhook] = await world.store.listWebhooks(accountId)
          await world.store.updateWebhook(accountId, webhook?.id ?? '', { enabled: pick(3) > 0 }, now)
          const range = { accountId, since: NOON, until: AFTERWARDS }
          await world.store.recoverDeliveries(range, { limit: 10, now })
        } else if (what < 11) {
          for (const { id: addressId, state } of await world.store.listUntold(5)) {
            const event = { deliveryId: newId(), type: 'webhook.changed', body: '{}', now }
            await world.store.tellOperationalEvent({ addressId, state, ...event })
          }
        } else {
          await world.store.releaseProcess(processId, now)
          processId = await world.process()
        }
      }
      await world.store.releaseProcess(processId, now)
    }
    await Promise.all(Array.from({ length: 6 }, (_, index) => actor(index)))
    return accounts
  }

  test.each([1, 2, 3])('whatever is done at once, each delivery ends, and none waits unseen (%i)', async (seed) => {
    const accounts = await disorder(seed)
    const processId = await world.process()
    for (let now: number | null = AFTERWARDS; now !== null; now = await world.store.nextDeliveryDueAt(now)) {
      for (;;) {
        const leased: LeasedDelivery[] = await world.claim(processId, { now, limit: 500 })
        if (leased.length === 0) break
        const finishedAt = now
        await Promise.all(leased.map((delivery) => world.record(delivery, processId, { finishedAt })))
      }
    }
    for (const accountId of accounts) {
      for (const status of ['waiting', 'sending'] as const) {
        expect(await world.store.listDeliveries({ accountId, status, limit: 10 })).toEqual([])
      }
    }
  })
}
