import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import { heardWork } from './heard-work.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

export function describeDeliveries(open: OpenStore): void {
  const world = useWorld(open)

  test('a test delivery is due at once, also when its webhook is off, and is told', async () => {
    const account = await world.account({ ...ENABLED, enabled: false })
    const heard = heardWork(world.store, 'deliveries')
    const added = await world.testDelivery(account)
    await heard
    const leased = await world.store.claimDeliveries({ processId: await world.process(), limit: 10, now: NOON })
    expect(leased).toEqual([
      {
        id: added.id,
        accountId: account.id,
        webhookId: account.webhookId,
        jobId: null,
        trigger: 'test',
        body: added.body,
        url: ENABLED.url,
        attemptCount: 0,
        failureCount: 0,
        addressId: account.webhookId,
        probe: false,
        resend: false,
        deliveredBefore: false,
        customHeaders: null,
        retrySchedule: null,
        sealedSecret: ENABLED.sealedSecret,
        sealedPreviousSecret: null,
        previousSecretUntil: null,
      },
    ])
    expect(await world.store.findDelivery(account.id, added.id)).toMatchObject({
      status: 'sending',
      trigger: 'test',
      jobId: null,
      jobType: 'test',
      nextAttemptAt: null,
    })
  })

  test('a test delivery for a webhook that does not exist is refused', async () => {
    const { id } = await world.account(ENABLED)
    await expect(world.testDelivery({ id, webhookId: newId() })).rejects.toThrow()
    expect(await world.store.listDeliveries({ accountId: id, limit: 10 })).toEqual([])
  })

  test('a claim reads address and secrets as they are now', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    await world.endedJob(account.id, processId, { leaseDeliveriesMax: 0 })
    const change = {
      url: 'https://moved.example/',
      sealedSecret: 'b',
      sealedPreviousSecret: 'a',
      previousSecretUntil: NOON + 9,
    }
    await world.store.updateWebhook(account.id, 'default', change, NOON + 6)
    expect(await world.store.claimDeliveries({ processId, limit: 10, now: NOON + 7 })).toMatchObject([change])
  })

  test('a claimed job webhook goes to its own address with the secret of the default webhook', async () => {
    const account = await world.account({ ...ENABLED, enabled: false })
    const processId = await world.process()
    const jobWebhookUrl = 'https://job.example/'
    await world.endedJob(account.id, processId, { jobWebhookUrl, leaseDeliveriesMax: 0 })
    expect(await world.store.claimDeliveries({ processId, limit: 10, now: NOON + 5 })).toMatchObject([
      { webhookId: null, url: jobWebhookUrl, sealedSecret: ENABLED.sealedSecret },
    ])
  })

  test('the longest due are claimed first, never more than asked for, and none before its time', async () => {
    const account = await world.account(ENABLED)
    const [third] = await world.waiting(account.id, 1, NOON + 3)
    const [first] = await world.waiting(account.id, 1, NOON + 1)
    const [second] = await world.waiting(account.id, 1, NOON + 2)
    await world.waiting(account.id, 1, NOON + 50)
    const processId = await world.process()
    const claim = async (limit: number) => (await world.claim(processId, { limit, now: NOON + 49 })).map(({ id }) => id)
    expect(await world.store.nextDeliveryDueAt(NOON)).toBe(NOON + 1)
    expect(await claim(2)).toEqual([first, second])
    expect(await claim(2)).toEqual([third])
    expect(await claim(2)).toEqual([])
    expect(await world.store.nextDeliveryDueAt(NOON + 49)).toBe(NOON + 50)
  })

  test('without waiting deliveries there is no next due time', async () => {
    expect(await world.store.nextDeliveryDueAt(0)).toBeNull()
  })

  test('concurrent claimers share the deliveries and never get the same one', async () => {
    const account = await world.account(ENABLED)
    const added = await Promise.all(Array.from({ length: 200 }, () => world.testDelivery(account)))
    const claimed: string[] = []
    const claimAll = async () => {
      const processId = await world.process()
      for (;;) {
        const deliveries = await world.store.claimDeliveries({ processId, limit: 7, now: NOON })
        if (deliveries.length === 0) return
        claimed.push(...deliveries.map(({ id }) => id))
      }
    }
    await Promise.all(Array.from({ length: 8 }, claimAll))
    expect(claimed.sort()).toEqual(added.map(({ id }) => id).sort())
  })

  test('a delivery is found by its account only', async () => {
    const [account, other] = await Promise.all([world.account(ENABLED), world.account()])
    const { id } = await world.delivery(account.id, await world.process())
    expect(await world.store.findDelivery(account.id, id)).toMatchObject({ id })
    expect(await world.store.findDelivery(other.id, id)).toBeNull()
    expect(await world.store.findDelivery(account.id, newId())).toBeNull()
  })
}
