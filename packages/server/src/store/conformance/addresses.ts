import { expect, test } from 'vitest'
import { DISABLE_AFTER_MS, PAUSE_FIRST_MS, PAUSE_MS_MAX, PROBE_MS, SILENCE_MS } from '../address-health.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import { failing, failures } from './failures.ts'
import { heardWork } from './heard-work.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

/** When the attempts of these tests end. */
const LATER = NOON + 1_000

export function describeAddresses(open: OpenStore): void {
  const world = useWorld(open)
  const fail = failures(world)
  const statusOf = async (accountId: string, id: string) => (await world.store.findDelivery(accountId, id))?.status

  async function waitingFor(count: number, webhook = ENABLED) {
    const account = await world.account(webhook)
    const processId = await world.process()
    const ids = await world.waiting(account.id, count)
    const address = () => world.store.findAddress(account.webhookId)
    return { account, processId, ids, address }
  }

  async function one(processId: string, now: number): Promise<LeasedDelivery> {
    const [delivery] = await world.claim(processId, { now, limit: 1 })
    if (!delivery) throw new Error('nothing is due')
    return delivery
  }

  test('five failures in a row make an address failing: its deliveries wait and spend nothing', async () => {
    const { account, processId, ids, address } = await waitingFor(8)
    const leased = await world.claim(processId, { limit: 5 })
    for (const delivery of leased.slice(0, 4)) await fail(delivery, processId, LATER)
    expect(await address()).toMatchObject({ state: 'healthy', failures: 4, failingSince: LATER, pausedUntil: null })
    await fail(leased[4] as LeasedDelivery, processId, LATER + 1)
    const pausedUntil = LATER + 1 + PAUSE_FIRST_MS
    expect(await address()).toMatchObject({ state: 'failing', failures: 5, pausedUntil, lastCause: 'status' })

    expect(await world.claim(processId, { now: pausedUntil - 1 })).toEqual([])
    expect(await world.store.nextDeliveryDueAt(LATER)).toBe(pausedUntil)
    const unsent = ids.filter((id) => !leased.some((delivery) => delivery.id === id))
    expect(unsent).toHaveLength(3)
    for (const id of unsent) {
      expect(await world.store.findDelivery(account.id, id)).toMatchObject({ status: 'waiting', attemptCount: 0 })
    }
  })

  test('a success between failures begins the count anew', async () => {
    const { processId, address } = await waitingFor(8)
    const leased = await world.claim(processId)
    for (const [index, delivery] of leased.entries()) {
      if (index === 4) await world.record(delivery, processId, { finishedAt: LATER })
      else await fail(delivery, processId, LATER)
    }
    expect(await address()).toMatchObject({ state: 'healthy', failures: 3, pausedUntil: null, lastSuccessAt: LATER })
  })

  test('failures that are recorded at once are each counted once', async () => {
    const { processId, address } = await waitingFor(4)
    const leased = await world.claim(processId)
    await Promise.all(leased.map((delivery) => fail(delivery, processId, LATER)))
    expect(await address()).toMatchObject({ failures: 4 })
  })

  test('after the pause one delivery goes as a probe, whoever claims, and the next when it took too long', async () => {
    const { account, processId } = await waitingFor(9)
    const pausedUntil = await failing(world, account.id, processId, LATER)
    const claimers = await Promise.all(Array.from({ length: 8 }, () => world.process()))
    const claims = await Promise.all(claimers.map((claimer) => world.claim(claimer, { now: pausedUntil })))
    expect(claims.flat()).toMatchObject([{ probe: true }])
    expect(await world.claim(processId, { now: pausedUntil + PROBE_MS - 1 })).toEqual([])
    expect(await world.claim(processId, { now: pausedUntil + PROBE_MS })).toMatchObject([{ probe: true }])
  })

  test('a probe that died with its process does not hold up the next one', async () => {
    const { account, processId, address } = await waitingFor(9)
    const pausedUntil = await failing(world, account.id, processId, LATER)
    const proberId = await world.process()
    const probe = await one(proberId, pausedUntil)
    await world.store.releaseProcess(proberId, pausedUntil + 7)
    expect(await address()).toMatchObject({ state: 'failing', pausedUntil: pausedUntil + 7 })
    expect(await world.claim(processId, { now: pausedUntil + 6 })).toEqual([])
    const [next, ...more] = await world.claim(processId, { now: pausedUntil + 7 })
    expect(next).toMatchObject({ probe: true })
    expect(more).toEqual([])
    expect((await world.store.listAttempts(probe.id)).at(-1)).toMatchObject({ cause: 'interrupted' })
  })

  test('what else died with a process leaves the pause of a failing address as it was', async () => {
    const { account, processId, address } = await waitingFor(9)
    const dyingId = await world.process()
    await world.claim(dyingId, { limit: 2 })
    const pausedUntil = await failing(world, account.id, processId, LATER)
    await world.store.releaseProcess(dyingId, LATER + 5)
    expect(await address()).toMatchObject({ state: 'failing', pausedUntil })
    expect(await world.claim(processId, { now: pausedUntil - 1 })).toEqual([])

    // Nor does a process that had a probe once, and knows how it ended.
    const onceId = await world.process()
    const probe = await one(onceId, pausedUntil)
    await fail(probe, onceId, pausedUntil)
    const { id } = await world.testDelivery(account, pausedUntil)
    expect(await world.claim(onceId, { now: pausedUntil })).toMatchObject([{ id }])
    await world.store.releaseProcess(onceId, pausedUntil + 1)
    expect(await address()).toMatchObject({ pausedUntil: pausedUntil + 2 * PAUSE_FIRST_MS })
  })

  test('a probe that arrives makes the address healthy; all that waits can be claimed, and is told of', async () => {
    const { account, processId, address } = await waitingFor(9)
    const pausedUntil = await failing(world, account.id, processId, LATER)
    const probe = await one(processId, pausedUntil)
    const heard = heardWork(world.store, 'deliveries')
    await world.record(probe, processId, { finishedAt: pausedUntil + 50 })
    await heard
    const healthy = { state: 'healthy', failures: 0, failingSince: null, pausedUntil: null }
    expect(await address()).toMatchObject({ ...healthy, lastSuccessAt: pausedUntil + 50 })
    const rest = await world.claim(processId, { now: pausedUntil + 50 })
    expect(rest).toHaveLength(8)
    expect(rest.every((delivery) => !delivery.probe)).toBe(true)
  })

  test('each probe that fails doubles the pause up to the longest', async () => {
    const { account, processId, address } = await waitingFor(6)
    let now = await failing(world, account.id, processId, LATER)
    const pausesMs: number[] = []
    for (let probe = 0; probe < 7; probe++) {
      await fail(await one(processId, now), processId, now)
      const pausedUntil = (await address())?.pausedUntil ?? 0
      pausesMs.push(pausedUntil - now)
      now = pausedUntil
    }
    expect(pausesMs).toEqual([20_000, 40_000, 80_000, 160_000, PAUSE_MS_MAX, PAUSE_MS_MAX, PAUSE_MS_MAX])
  })

  test('attempts that were under way when the address became failing say nothing new', async () => {
    const { processId, address } = await waitingFor(9)
    const leased = await world.claim(processId)
    for (const delivery of leased) await fail(delivery, processId, LATER)
    expect(await address()).toMatchObject({ state: 'failing', failures: 5, pausedUntil: LATER + PAUSE_FIRST_MS })
  })

  test('an answer that asks for patience pauses a healthy address, longer each time, and others are not held up', async () => {
    const { processId, address } = await waitingFor(3)
    await fail(await one(processId, NOON + 5), processId, LATER, { slow: true })
    expect(await address()).toMatchObject({ state: 'healthy', failures: 1, pausedUntil: LATER + 1_000 })
    const other = await world.account(ENABLED)
    const [otherId] = await world.waiting(other.id, 1)
    expect(await world.claim(processId, { now: LATER + 999 })).toMatchObject([{ id: otherId }])
    const second = await one(processId, LATER + 1_000)
    expect(second.probe).toBe(false)
    await fail(second, processId, LATER + 1_000, { slow: true })
    expect(await address()).toMatchObject({ state: 'healthy', pausedUntil: LATER + 3_000 })
  })

  test('a receiver is left in peace until the time it asked for; a success that was under way does not end that', async () => {
    const { processId, address } = await waitingFor(3)
    const [first, second] = (await world.claim(processId, { limit: 2 })) as [LeasedDelivery, LeasedDelivery]
    const askedUntil = LATER + 123_456
    await fail(first, processId, LATER, { askedUntil })
    await world.record(second, processId, { finishedAt: LATER + 1 })
    expect(await address()).toMatchObject({ state: 'healthy', failures: 0, pausedUntil: askedUntil })
    expect(await world.claim(processId, { now: askedUntil - 1 })).toEqual([])
    const rest = await world.claim(processId, { now: askedUntil })
    expect(rest).toHaveLength(2)
    for (const delivery of rest) await world.record(delivery, processId, { finishedAt: askedUntil + 1 })
    expect(await address()).toMatchObject({ state: 'healthy', pausedUntil: null })
  })

  test('a receiver that is gone switches its webhook off; what waits is discarded, a test is not', async () => {
    const { account, processId, ids, address } = await waitingFor(3)
    const delivery = await one(processId, NOON + 5)
    const { id: testId } = await world.testDelivery(account, LATER)
    const written = await fail(delivery, processId, LATER, { gone: true }, { next: { status: 'failed' } })
    expect(written).toEqual({ recorded: true, untold: true })
    expect(await world.store.findWebhook(account.id, 'default')).toMatchObject({
      enabled: false,
      disabledReason: expect.stringContaining('410'),
      updatedAt: LATER,
    })
    expect(await address()).toMatchObject({ state: 'disabled', toldState: 'healthy', pausedUntil: null })
    for (const id of ids) expect(await statusOf(account.id, id)).toBe(id === delivery.id ? 'failed' : 'discarded')
    expect(await world.claim(processId, { now: LATER })).toMatchObject([{ id: testId }])
  })

  test('five days without a success switch the webhook off, and no shorter time does', async () => {
    const { account, processId, address } = await waitingFor(2)
    await fail(await one(processId, NOON + 5), processId, LATER)
    for (const at of [LATER + SILENCE_MS, LATER + 2 * SILENCE_MS]) await fail(await one(processId, at), processId, at)
    const almost = LATER + DISABLE_AFTER_MS - 1
    await fail(await one(processId, almost), processId, almost)
    expect(await address()).toMatchObject({ state: 'healthy', failingSince: LATER })
    await fail(await one(processId, almost + 1), processId, almost + 1)
    expect(await address()).toMatchObject({ state: 'disabled' })
    expect(await world.store.findWebhook(account.id, 'default')).toMatchObject({
      enabled: false,
      disabledReason: expect.stringContaining('5 days'),
    })
    const rows = await world.store.listDeliveries({ accountId: account.id, limit: 10 })
    expect(rows.map(({ status }) => status)).toEqual(['discarded', 'discarded'])
  })

  test('a failure that only silence followed is forgotten: the days without a success are counted anew', async () => {
    const { account, processId, address } = await waitingFor(2)
    await fail(await one(processId, NOON + 5), processId, LATER)
    const weekLater = LATER + DISABLE_AFTER_MS + 2 * SILENCE_MS
    await fail(await one(processId, weekLater), processId, weekLater)
    expect(await address()).toMatchObject({ state: 'healthy', failures: 2, failingSince: weekLater })
    expect(await world.store.findWebhook(account.id, 'default')).toMatchObject({ enabled: true })
  })

  test('the address of job webhooks has no switch: gone or without success for long, it is paused and probed', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const deliver = async () => {
      const end = await world.endedJob(account.id, processId, { jobWebhookUrl: 'https://job.example/a' })
      return end.deliveries[0] as LeasedDelivery
    }
    const delivery = await deliver()
    const others = [await deliver(), await deliver(), await deliver(), await deliver()]
    await fail(delivery, processId, LATER, { gone: true })
    const days = LATER + DISABLE_AFTER_MS
    for (const other of others) await fail(other, processId, days)
    expect(await world.store.findAddress(delivery.addressId)).toMatchObject({
      webhookId: null,
      origin: 'https://job.example',
      state: 'failing',
      failures: 5,
      pausedUntil: days + PAUSE_FIRST_MS,
    })
    const probe = await one(processId, days + PAUSE_FIRST_MS)
    await fail(probe, processId, days + PAUSE_FIRST_MS, { gone: true })
    expect(await world.store.findAddress(delivery.addressId)).toMatchObject({
      state: 'failing',
      pausedUntil: days + 3 * PAUSE_FIRST_MS,
    })
    expect(await world.store.findWebhook(account.id, 'default')).toMatchObject({ enabled: true })
  })

  test('a webhook that a person switches on is healthy, and nobody need be told', async () => {
    const { account, processId, address } = await waitingFor(1)
    await fail(await one(processId, NOON + 5), processId, LATER, { gone: true }, { next: { status: 'failed' } })
    await world.store.updateWebhook(account.id, 'default', { enabled: true }, LATER + 5)
    const healthy = { state: 'healthy', toldState: 'healthy', failures: 0, failingSince: null }
    expect(await address()).toMatchObject(healthy)
    expect(await world.delivery(account.id, processId)).toMatchObject({ addressId: account.webhookId })
  })

  test('a new URL ends pause and failures at once; the same URL, or one of a webhook that is off, does not', async () => {
    const { account, processId, address } = await waitingFor(9)
    await failing(world, account.id, processId, LATER)
    await world.store.updateWebhook(account.id, 'default', { enabled: true, url: ENABLED.url }, LATER + 1)
    expect(await address()).toMatchObject({ state: 'failing' })
    await world.store.updateWebhook(account.id, 'default', { url: 'https://moved.example/' }, LATER + 2)
    expect(await address()).toMatchObject({ state: 'healthy', pausedUntil: null })
    expect(await world.claim(processId, { now: LATER + 2 })).toHaveLength(9)
    await world.store.updateWebhook(account.id, 'default', { enabled: false }, LATER + 3)
    await world.store.updateWebhook(account.id, 'default', { url: 'https://again.example/' }, LATER + 4)
    expect(await address()).toMatchObject({ state: 'disabled', toldState: 'disabled' })
  })

  test('an attempt that never left, and one of a process that lost its lease, say nothing of the address', async () => {
    const { processId, address } = await waitingFor(2)
    const before = await address()
    const [first, second] = (await world.claim(processId)) as [LeasedDelivery, LeasedDelivery]
    await world.record(first, processId, { cause: 'proxy', report: null, next: { status: 'failed' } })
    expect(await fail(second, await world.process(), LATER)).toEqual({ recorded: false, untold: false })
    expect(await world.record(second, await world.process(), {})).toEqual({ recorded: false, untold: false })
    expect(await address()).toEqual(before)
  })

  test('the last success is known to the minute', async () => {
    const { processId, address } = await waitingFor(3)
    const [first, second, third] = (await world.claim(processId)) as [LeasedDelivery, LeasedDelivery, LeasedDelivery]
    await world.record(first, processId, { finishedAt: LATER })
    await world.record(second, processId, { finishedAt: LATER + 59_000 })
    expect(await address()).toMatchObject({ lastSuccessAt: LATER })
    await world.record(third, processId, { finishedAt: LATER + 61_000 })
    expect(await address()).toMatchObject({ lastSuccessAt: LATER + 61_000 })
  })
}
