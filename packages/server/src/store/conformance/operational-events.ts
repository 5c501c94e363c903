import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import type { AddressRow, OperationalEvent } from '../webhooks.ts'
import { failing, failures } from './failures.ts'
import { heardWork } from './heard-work.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const LATER = NOON + 1_000

export function describeOperationalEvents(open: OpenStore): void {
  const world = useWorld(open)
  const fail = failures(world)

  /** An account whose webhook is failing, and the delivery that is its probe. */
  async function failingAccount() {
    const account = await world.account(ENABLED)
    await world.store.updateWebhook(account.id, 'operational', { ...ENABLED, url: 'https://ops.example/' }, NOON)
    const processId = await world.process()
    await world.waiting(account.id, 6)
    const pausedUntil = await failing(world, account.id, processId, LATER)
    const untold = async () => (await world.store.listUntold(1_000)).filter(({ accountId }) => accountId === account.id)
    const events = async () => {
      const rows = await world.store.listDeliveries({ accountId: account.id, limit: 100 })
      return rows.filter(({ trigger }) => trigger === 'event')
    }
    return { account, processId, pausedUntil, untold, events }
  }

  const eventOf = ({ id, state }: AddressRow): OperationalEvent => ({
    addressId: id,
    state,
    deliveryId: newId(),
    type: `webhook.${state}`,
    body: `{"type":"webhook.${state}"}`,
    now: LATER + 5,
  })

  test('the attempt that changes the state says that the account is to be told, those before it do not', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    await world.waiting(account.id, 6)
    const written: boolean[] = []
    for (const delivery of await world.claim(processId, { limit: 5 })) {
      written.push((await fail(delivery, processId, LATER)).untold)
    }
    expect(written).toEqual([false, false, false, false, true])
  })

  test('an event is told once, whoever tells it at the same time, and to the operational webhook', async () => {
    const { account, processId, untold, events } = await failingAccount()
    const [address] = (await untold()) as [AddressRow]
    expect(address).toMatchObject({ id: account.webhookId, state: 'failing', toldState: 'healthy' })
    const heard = heardWork(world.store, 'deliveries')
    await Promise.all(Array.from({ length: 10 }, () => world.store.tellOperationalEvent(eventOf(address))))
    await heard
    expect(await untold()).toEqual([])
    expect(await events()).toMatchObject([{ status: 'waiting', jobType: 'webhook.failing', jobId: null }])
    expect(await world.claim(processId, { now: LATER + 5 })).toMatchObject([
      {
        trigger: 'event',
        url: 'https://ops.example/',
        body: '{"type":"webhook.failing"}',
        sealedSecret: ENABLED.sealedSecret,
      },
    ])
  })

  test('without an operational webhook that is on, the state counts as told and no delivery is written', async () => {
    const { account, untold, events } = await failingAccount()
    await world.store.updateWebhook(account.id, 'operational', { enabled: false }, LATER)
    const [address] = (await untold()) as [AddressRow]
    await world.store.tellOperationalEvent(eventOf(address))
    expect(await untold()).toEqual([])
    expect(await events()).toEqual([])
  })

  test('recovery is told as well; a state that changed back before anybody was told is not worth a word', async () => {
    const { processId, pausedUntil, untold, events } = await failingAccount()
    const [address] = (await untold()) as [AddressRow]
    const [probe] = (await world.claim(processId, { now: pausedUntil })) as [LeasedDelivery]
    const written = await world.record(probe, processId, { finishedAt: pausedUntil + 1 })
    expect(written).toEqual({ recorded: true, untold: false })
    expect(await untold()).toEqual([])
    await world.store.tellOperationalEvent(eventOf(address))
    expect(await events()).toEqual([])
  })

  test('an account that was told of the failing is told of the recovery', async () => {
    const { processId, pausedUntil, untold, events } = await failingAccount()
    for (const address of await untold()) await world.store.tellOperationalEvent(eventOf(address))
    const [event, probe] = (await world.claim(processId, { now: pausedUntil })) as [LeasedDelivery, LeasedDelivery]
    for (const delivery of [event, probe]) await world.record(delivery, processId, { finishedAt: pausedUntil + 1 })
    expect(await untold()).toMatchObject([{ state: 'healthy', toldState: 'failing' }])
    for (const address of await untold()) await world.store.tellOperationalEvent(eventOf(address))
    expect((await events()).map(({ jobType }) => jobType).sort()).toEqual(['webhook.failing', 'webhook.healthy'])
  })

  test('a webhook that was switched off by itself is told of, one that a person switched off is not', async () => {
    const { account, processId, pausedUntil, untold } = await failingAccount()
    for (const address of await untold()) await world.store.tellOperationalEvent(eventOf(address))
    const leased = await world.claim(processId, { now: pausedUntil })
    const probe = leased.find((delivery) => delivery.probe) as LeasedDelivery
    const gone = { next: { status: 'failed' } } as const
    expect(await fail(probe, processId, pausedUntil, { gone: true }, gone)).toEqual({ recorded: true, untold: true })
    expect(await untold()).toMatchObject([{ state: 'disabled', toldState: 'failing' }])
    await world.store.updateWebhook(account.id, 'default', { enabled: true }, pausedUntil + 1)
    expect(await untold()).toEqual([])
    await world.store.updateWebhook(account.id, 'default', { enabled: false }, pausedUntil + 2)
    expect(await untold()).toEqual([])
  })
}
