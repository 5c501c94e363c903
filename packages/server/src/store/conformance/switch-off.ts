import { expect, test } from 'vitest'
import { until } from '../../../test/harness/until.ts'
import { DISCARD_STEP } from '../discard-step.ts'
import { failures } from './failures.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const LATER = NOON + 60_000

/** More than one transaction discards. */
const MANY = DISCARD_STEP + 1

export function describeSwitchOff(open: OpenStore): void {
  const world = useWorld(open)
  const fail = failures(world)

  async function waitingFor(count: number) {
    const [account, processId] = await Promise.all([world.account(ENABLED), world.process()])
    const end = { leaseDeliveriesMax: 0 }
    await Promise.all(Array.from({ length: count }, () => world.endedJob(account.id, processId, end)))
    return { account, processId }
  }

  const waiting = (accountId: string) => world.store.listDeliveries({ accountId, status: 'waiting', limit: 10 })

  async function countDiscarded(accountId: string): Promise<number> {
    const { skipped } = await world.store.countRecoverable({ accountId, since: 0, until: LATER * 2 })
    return skipped
  }

  const switchOff = (accountId: string) => world.store.updateWebhook(accountId, 'default', { enabled: false }, LATER)

  test('all that waits is discarded when the answer is there, also when it is very much, but for a test', async () => {
    const { account } = await waitingFor(MANY)
    const sent = await world.testDelivery(account)
    await switchOff(account.id)
    expect((await waiting(account.id)).map(({ id }) => id)).toEqual([sent.id])
    expect(await countDiscarded(account.id)).toBe(MANY)
    const claimed = await world.claim(await world.process(), { now: LATER })
    expect(claimed.map(({ id }) => id)).toEqual([sent.id])
  })

  test('very much that waits for a webhook that is removed is discarded too', async () => {
    const { account } = await waitingFor(MANY)
    expect(await world.store.deleteWebhook(account.id, account.webhookId, 'https://receiver.example', LATER)).toBe(true)
    expect(await waiting(account.id)).toEqual([])
    expect(await countDiscarded(account.id)).toBe(MANY)
  })

  test('when a receiver is gone, nothing more is sent to it, and very much that waits is discarded soon', async () => {
    const { account, processId } = await waitingFor(MANY + 1)
    const [delivery] = await world.claim(processId, { limit: 1, now: LATER })
    if (!delivery) throw new Error('nothing was due')
    await fail(delivery, processId, LATER, { gone: true }, { next: { status: 'failed' } })
    await until('nothing waits', async () => {
      expect(await world.claim(processId, { now: LATER })).toEqual([])
      return (await waiting(account.id)).length === 0 ? true : null
    })
    expect(await countDiscarded(account.id)).toBe(MANY + 1)
  })
}
