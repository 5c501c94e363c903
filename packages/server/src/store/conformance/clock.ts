import { beforeEach, expect, test } from 'vitest'
import { PAUSE_FIRST_MS } from '../address-health.ts'
import { CLOCK_AHEAD_MS } from '../clock.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import { WORKERS_LANE } from '../lane-health.ts'
import { failing, failures } from './failures.ts'
import { heardWork } from './heard-work.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

/** The clock was ahead by this when the rows of these tests were written; then it is set to `NOON`. */
const AHEAD_MS = 5 * 3_600_000
const EVENING = NOON + AHEAD_MS

const NOTHING = { jobs: 0, deliveries: 0, addresses: 0 }

export function describeClock(open: OpenStore): void {
  const world = useWorld(open)
  const fail = failures(world)
  // Other tests leave rows of the future behind.
  beforeEach(async () => void (await world.store.replan(NOON)))

  /** What a failed attempt that began in the evening leaves behind, to be tried again after `delayMs`. */
  const eveningFailure = (delivery: LeasedDelivery, processId: string, delayMs: number, slow = false) =>
    fail(
      delivery,
      processId,
      EVENING,
      { slow },
      {
        startedAt: EVENING,
        next: { status: 'waiting', nextAttemptAt: EVENING + delayMs },
      },
    )

  test('what was due at once is due at once: new jobs, new deliveries, and what a dead process had', async () => {
    const account = await world.account(ENABLED)
    const [processId, deadId] = [await world.process(), await world.process()]
    const jobId = await world.job(account.id, { createdAt: EVENING })
    const ids = await world.waiting(account.id, 2, EVENING)
    ids.push((await world.delivery(account.id, deadId)).id)
    await world.store.releaseProcess(deadId, EVENING)
    const heard = Promise.all([heardWork(world.store, 'jobs'), heardWork(world.store, 'deliveries')])
    expect(await world.store.replan(NOON)).toEqual({ jobs: 1, deliveries: 3, addresses: 0 })
    await heard
    expect(await world.store.claimJobs({ processId, limit: 10, now: NOON })).toMatchObject([{ id: jobId }])
    expect((await world.claim(processId, { now: NOON })).map(({ id }) => id).sort()).toEqual(ids.sort())
  })

  test('a job that a worker runs is planned like any other', async () => {
    const { id: accountId } = await world.account()
    const change = { type: 'custom_ocr', lane: WORKERS_LANE, createdAt: EVENING } as const
    const [fresh, retried] = [await world.job(accountId, change), await world.job(accountId, change)]
    const lease = (id: string, now: number) =>
      world.store.leaseWorkerJobs({
        accountId,
        types: ['custom_ocr'],
        limit: 1,
        heldMax: 10,
        now,
        lease: { id, host: 'worker', expiresAt: now + 60_000 },
      })
    const { jobs } = await lease('evening', EVENING)
    const [leased = { id: '' }] = jobs
    await world.store.rescheduleJob({
      id: leased.id,
      leasedBy: 'evening',
      run: 1,
      runAt: EVENING + 8_000,
      spendAttempt: true,
    })
    const heard = heardWork(world.store, 'worker_jobs')
    expect(await world.store.replan(NOON)).toEqual({ ...NOTHING, jobs: 2 })
    await heard
    const other = leased.id === fresh ? retried : fresh
    expect((await lease('one', NOON)).jobs).toMatchObject([{ id: other }])
    expect(await lease('two', NOON)).toMatchObject({ jobs: [], nextDueAt: NOON + 8_000 })
  })

  test('a delivery that waits for its next attempt waits as long from now as from its last one', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    await world.waiting(account.id, 2, EVENING)
    const [soon, later] = (await world.claim(processId, { now: EVENING })) as [LeasedDelivery, LeasedDelivery]
    await eveningFailure(soon, processId, 10_000)
    await eveningFailure(later, processId, 600_000)
    await world.store.replan(NOON)
    expect(await world.store.nextDeliveryDueAt(NOON)).toBe(NOON + 10_000)
    expect(await world.claim(processId, { now: NOON + 9_999 })).toEqual([])
    expect(await world.claim(processId, { now: NOON + 10_000 })).toMatchObject([{ id: soon.id }])
    expect(await world.claim(processId, { now: NOON + 599_999 })).toEqual([])
    expect(await world.claim(processId, { now: NOON + 600_000 })).toMatchObject([{ id: later.id }])
  })

  test('a job that waits for its provider waits as long from now as from its start', async () => {
    const account = await world.account()
    const processId = await world.process()
    const jobId = await world.job(account.id, { createdAt: EVENING, leasedBy: processId })
    const again = { id: jobId, leasedBy: processId, run: 1, runAt: EVENING + 90_000, spendAttempt: true }
    expect(await world.store.rescheduleJob(again)).toBe(true)
    expect(await world.store.replan(NOON)).toEqual({ ...NOTHING, jobs: 1 })
    const claim = (now: number) => world.store.claimJobs({ processId, limit: 10, now })
    expect(await claim(NOON + 89_999)).toEqual([])
    expect(await claim(NOON + 90_000)).toMatchObject([{ id: jobId }])
  })

  test('the pause of a failing address goes on for as long as it was to last, and ends with a probe', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    await world.waiting(account.id, 6, EVENING)
    await failing(world, account.id, processId, EVENING)
    await world.store.replan(NOON)
    const pausedUntil = NOON + PAUSE_FIRST_MS
    expect(await world.store.findAddress(account.webhookId)).toMatchObject({
      state: 'failing',
      pausedUntil,
      failingSince: NOON,
      lastFailureAt: NOON,
    })
    expect(await world.claim(processId, { now: pausedUntil - 1 })).toEqual([])
    expect(await world.claim(processId, { now: pausedUntil })).toMatchObject([{ probe: true }])
  })

  test('an address that is paused for longer than a receiver may ask for is looked at now', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    await world.waiting(account.id, 1)
    const [first] = (await world.claim(processId)) as [LeasedDelivery]
    // It failed before the clock was ahead, and asked for patience by a date that is far ahead.
    await fail(first, processId, NOON - 10, { askedUntil: EVENING })
    await world.store.replan(NOON)
    expect(await world.claim(processId, { now: NOON })).toMatchObject([{ id: first.id }])
  })

  test('a rate that allows nothing for hours is forgotten', async () => {
    const account = await world.account({ ...ENABLED, rateLimitPerSecond: 1 })
    const processId = await world.process()
    const ids = await world.waiting(account.id, 2, EVENING)
    const [first, ...none] = await world.claim(processId, { now: EVENING })
    expect(none).toEqual([])
    expect(await world.store.replan(NOON)).toEqual({ ...NOTHING, deliveries: 1, addresses: 1 })
    expect(await world.claim(processId, { now: NOON })).toMatchObject([{ id: ids.find((id) => id !== first?.id) }])
  })

  test('successes of the future are of now: those to come are noted', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const address = async () => (await world.store.findAddress(account.webhookId))?.lastSuccessAt
    await world.record(await world.delivery(account.id, processId), processId, { finishedAt: EVENING })
    expect(await world.store.replan(NOON)).toEqual({ ...NOTHING, addresses: 1 })
    expect(await address()).toBe(NOON)
    await world.record(await world.delivery(account.id, processId), processId, { finishedAt: NOON + 70_000 })
    expect(await address()).toBe(NOON + 70_000)
  })

  test('what is plausible stays as it is: long delays, pauses that a receiver asked for, clocks that differ a little', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    await world.waiting(account.id, 3)
    const [first, second, third] = (await world.claim(processId)) as [LeasedDelivery, LeasedDelivery, LeasedDelivery]
    const next = (at: number) => ({ startedAt: NOON, next: { status: 'waiting', nextAttemptAt: at } as const })
    await fail(first, processId, NOON, {}, next(NOON + 24 * 3_600_000))
    await fail(second, processId, NOON, { askedUntil: NOON + 3_600_000 }, next(NOON + 10_000))
    await fail(third, processId, NOON + CLOCK_AHEAD_MS, {}, next(NOON + CLOCK_AHEAD_MS + 10_000))
    await world.job(account.id, { createdAt: NOON + CLOCK_AHEAD_MS })
    const before = await world.store.findAddress(account.webhookId)
    expect(await world.store.replan(NOON)).toEqual(NOTHING)
    expect(await world.store.findAddress(account.webhookId)).toEqual(before)
    const { nextAttemptAt } = (await world.store.findDelivery(account.id, first.id)) ?? {}
    expect(nextAttemptAt).toBe(NOON + 24 * 3_600_000)
  })

  test('once is enough: the second time changes nothing', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    await world.waiting(account.id, 6, EVENING)
    const [first] = (await world.claim(processId, { now: EVENING, limit: 1 })) as [LeasedDelivery]
    await eveningFailure(first, processId, 600_000, true)
    await world.job(account.id, { createdAt: EVENING })
    expect(await world.store.replan(NOON)).toEqual({ jobs: 1, deliveries: 6, addresses: 1 })
    expect(await world.store.replan(NOON)).toEqual(NOTHING)
  })
}
