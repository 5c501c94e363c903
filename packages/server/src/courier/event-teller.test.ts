import { afterEach, beforeEach, expect, test } from 'vitest'
import { createStandingClock, type StandingClock } from '../../test/harness/standing-clock.ts'
import { until } from '../../test/harness/until.ts'
import { newId } from '../lib/ids.ts'
import { silentLog } from '../lib/log.ts'
import { DISABLE_AFTER_MS } from '../store/address-health.ts'
import { ENABLED, useWorld } from '../store/conformance/world.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import { createEventTeller, type EventTeller, FAILED_WINDOW_MS } from './event-teller.ts'

const world = useWorld(async () => {
  const store = await openSqliteStore({ file: ':memory:', clock: createStandingClock() })
  return { store, close: () => store.close() }
})

let clock: StandingClock
let teller: EventTeller
let account: { id: string; webhookId: string }
let processId: string
beforeEach(async () => {
  clock = createStandingClock()
  account = await world.account(ENABLED)
  await world.store.updateWebhook(account.id, 'operational', { ...ENABLED, url: 'https://ops.example/' }, clock.now())
  processId = await world.process()
  teller = createEventTeller({ store: world.store, clock, log: silentLog })
})
afterEach(() => teller.stop())

/** A delivery to `default` that has failed after its last attempt. */
async function fail(): Promise<string> {
  const id = await world.job(account.id, { leasedBy: processId, createdAt: clock.now() })
  const { deliveries } = await world.finish(id, processId, { finishedAt: clock.now() })
  const [delivery] = deliveries
  if (!delivery) throw new Error('nothing was leased')
  const end = { cause: 'status', next: { status: 'failed' }, finishedAt: clock.now(), report: null } as const
  await world.record(delivery, processId, end)
  return delivery.id
}

/** The bodies of the events that were written, the first one first. */
async function events() {
  const rows = await world.store.listDeliveries({ accountId: account.id, trigger: 'event', limit: 100 })
  const found = await Promise.all(rows.map(({ id }) => world.store.findDelivery(account.id, id)))
  return found.map((row) => JSON.parse(row?.body ?? '')).reverse()
}

const looked = () => until('the next look is planned', () => (clock.timerCount === 1 ? true : null))

test('deliveries that are over without success are told once an hour and webhook, with their number', async () => {
  const first = await fail()
  teller.start()
  await looked()
  const at = new Date(clock.now()).toISOString()
  expect(await events()).toEqual([
    {
      type: 'delivery.failed',
      timestamp: at,
      data: {
        webhook_id: account.webhookId,
        webhook_name: 'default',
        url: ENABLED.url,
        failed: 1,
        first_failed_at: at,
        last_failed_at: at,
        delivery_id: first,
        last_cause: null,
      },
    },
  ])
  clock.move(1)
  for (let count = 0; count < 30; count++) await fail()
  const last = await fail()
  clock.move(FAILED_WINDOW_MS - 2)
  await looked()
  expect(await events()).toHaveLength(1)
  clock.move(60_000)
  await until('the second event is there', async () => ((await events()).length === 2 ? true : null))
  expect((await events())[1].data).toMatchObject({ failed: 31, delivery_id: last })
})

test('half and nine tenths of the days without success are told, with the time of the switch, once each', async () => {
  const failingSince = clock.now()
  const disableAt = new Date(failingSince + DISABLE_AFTER_MS).toISOString()
  for (let count = 0; count < 5; count++) {
    const id = await world.job(account.id, { id: newId(), leasedBy: processId, createdAt: failingSince })
    const { deliveries } = await world.finish(id, processId, { finishedAt: failingSince })
    const next = { status: 'waiting', nextAttemptAt: failingSince + 10 * DISABLE_AFTER_MS } as const
    for (const delivery of deliveries) {
      await world.record(delivery, processId, { cause: 'status', next, finishedAt: failingSince })
    }
  }
  teller.start()
  await looked()
  const told = async () => (await events()).map(({ type, data }) => [type, data.disable_at])
  expect(await told()).toEqual([['webhook.failing', disableAt]])
  for (const [share, count] of [
    [0.49, 1],
    [0.51, 2],
    [0.89, 2],
    [0.91, 3],
    [0.95, 3],
  ] as const) {
    clock.move(failingSince + share * DISABLE_AFTER_MS - clock.now())
    await until('it has been looked', async () => ((await events()).length >= count ? true : null))
    await looked()
    expect(await told()).toEqual(Array.from({ length: count }, () => ['webhook.failing', disableAt]))
  }
})
