import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import { failing, failures } from './failures.ts'
import { heardWork } from './heard-work.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const LATER = NOON + 1_000

export function describeRecovery(open: OpenStore): void {
  const world = useWorld(open)
  const fail = failures(world)

  /** A delivery of a new account that has ended so. */
  async function ended(status: 'delivered' | 'failed') {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const delivery = await world.delivery(account.id, processId)
    const cause = status === 'failed' ? 'status' : null
    await world.record(delivery, processId, { cause, next: { status }, finishedAt: LATER })
    const stored = () => world.store.findDelivery(account.id, delivery.id)
    const resend = (now: number) => world.store.resendDelivery(account.id, delivery.id, now)
    return { account, processId, delivery, stored, resend }
  }

  /** Two deliveries that wait for an address that asked to be left in peace until `pausedUntil`. */
  async function paused() {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const ids = await world.waiting(account.id, 3)
    const pausedUntil = NOON + 60_000
    const [delivery] = (await world.claim(processId, { limit: 1 })) as [LeasedDelivery]
    await fail(delivery, processId, LATER, { askedUntil: pausedUntil }, { next: { status: 'failed' } })
    return { account, processId, ids: ids.filter((id) => id !== delivery.id) as [string, string], pausedUntil }
  }

  test('a waiting delivery that is sent again is due at once, keeps its place in the schedule, and is told', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const delivery = await world.delivery(account.id, processId)
    await fail(delivery, processId, LATER, {}, { next: { status: 'waiting', nextAttemptAt: LATER + 600_000 } })
    const heard = heardWork(world.store, 'deliveries')
    expect(await world.store.resendDelivery(account.id, delivery.id, LATER + 5)).toEqual({
      status: 'waiting',
      nextAttemptAt: LATER + 600_000,
      deliveredAt: null,
    })
    await heard
    const [again] = (await world.claim(processId, { now: LATER + 5 })) as [LeasedDelivery]
    expect(again).toMatchObject({ id: delivery.id, resend: true, failureCount: 1, attemptCount: 1 })
    await fail(again, processId, LATER + 6, {}, { next: { status: 'waiting', nextAttemptAt: LATER + 700_000 } })
    expect((await world.store.listAttempts(delivery.id)).map(({ resend }) => resend)).toEqual([false, true])
    expect(await world.claim(processId, { now: LATER + 699_999 })).toEqual([])
    const [third] = await world.claim(processId, { now: LATER + 700_000 })
    expect(third).toMatchObject({ id: delivery.id, resend: false, failureCount: 2 })
  })

  test('a failed delivery that is sent again gets one attempt and keeps its history', async () => {
    const { processId, delivery, stored, resend } = await ended('failed')
    expect(await resend(LATER + 5)).toEqual({ status: 'failed', nextAttemptAt: null, deliveredAt: null })
    expect(await stored()).toMatchObject({ status: 'waiting', finishedAt: null, attemptCount: 1 })
    const [again] = (await world.claim(processId, { now: LATER + 5 })) as [LeasedDelivery]
    expect(again).toMatchObject({ id: delivery.id, body: delivery.body, resend: true, deliveredBefore: false })
    // No schedule is that long.
    expect(again.failureCount).toBeGreaterThan(100)
    await world.record(again, processId, { finishedAt: LATER + 9 })
    expect(await stored()).toMatchObject({ status: 'delivered', attemptCount: 2, deliveredAt: LATER + 9 })
  })

  test('what was delivered stays delivered, and since then, whatever a later attempt brings', async () => {
    const { account, processId, stored, resend } = await ended('delivered')
    const again = async (now: number) => {
      expect(await resend(now)).toEqual({ status: 'delivered', nextAttemptAt: null, deliveredAt: LATER })
      const [delivery] = (await world.claim(processId, { now })) as [LeasedDelivery]
      expect(delivery.deliveredBefore).toBe(true)
      return delivery
    }
    await fail(await again(LATER + 5), processId, LATER + 6, {}, { next: { status: 'failed' } })
    expect(await stored()).toMatchObject({ status: 'delivered', lastCause: 'status', deliveredAt: LATER })
    await world.record(await again(LATER + 7), processId, { finishedAt: LATER + 8 })
    expect(await stored()).toMatchObject({ status: 'delivered', lastCause: null, deliveredAt: LATER })

    expect(await resend(LATER + 9)).toMatchObject({ deliveredAt: LATER })
    await world.store.updateWebhook(account.id, 'default', { enabled: false }, LATER + 10)
    expect(await stored()).toMatchObject({ status: 'delivered', nextAttemptAt: null })
  })

  test('what was delivered stays delivered when it is discarded, or when its process dies with the webhook off', async () => {
    const { account, processId, delivery, stored, resend } = await ended('delivered')
    await resend(LATER + 5)
    expect(await world.store.discardDelivery(account.id, delivery.id, LATER + 6)).toBe('delivered')
    await resend(LATER + 7)
    await world.claim(processId, { now: LATER + 7 })
    await world.store.updateWebhook(account.id, 'default', { enabled: false }, LATER + 8)
    await world.store.releaseProcess(processId, LATER + 9)
    expect(await stored()).toMatchObject({ status: 'delivered', attemptCount: 2, deliveredAt: LATER })
  })

  test('a resend that is interrupted is still one, and its attempt says so', async () => {
    const { processId, delivery, resend } = await ended('failed')
    await resend(LATER + 5)
    await world.claim(processId, { now: LATER + 5 })
    await world.store.releaseProcess(processId, LATER + 6)
    expect(await world.store.listAttempts(delivery.id)).toMatchObject([
      { resend: false },
      { resend: true, cause: 'interrupted' },
    ])
    expect(await world.claim(await world.process(), { now: LATER + 6 })).toMatchObject([{ resend: true }])
  })

  test('nothing is sent again that is being sent, whose webhook is off or deleted, or that is not there', async () => {
    const { account, processId, delivery, resend } = await ended('failed')
    const sending = await world.delivery(account.id, processId)
    const before = await world.store.findDelivery(account.id, sending.id)
    expect(await world.store.resendDelivery(account.id, sending.id, LATER)).toBe('sending')
    expect(await world.store.findDelivery(account.id, sending.id)).toEqual(before)
    expect(await world.store.resendDelivery(account.id, newId(), LATER)).toBeNull()
    expect(await world.store.resendDelivery((await world.account()).id, delivery.id, LATER)).toBeNull()
    await world.store.updateWebhook(account.id, 'default', { enabled: false }, LATER)
    expect(await resend(LATER)).toBe('webhook_off')
  })

  test('a job webhook is sent again although the webhooks are off', async () => {
    const account = await world.account({ ...ENABLED, enabled: false })
    const processId = await world.process()
    const end = await world.endedJob(account.id, processId, { jobWebhookUrl: 'https://job.example/' })
    const [delivery] = end.deliveries as [LeasedDelivery]
    await fail(delivery, processId, LATER, {}, { next: { status: 'failed' } })
    expect(await world.store.resendDelivery(account.id, delivery.id, LATER)).toMatchObject({ deliveredAt: null })
    expect(await world.claim(processId, { now: LATER })).toMatchObject([{ id: delivery.id, resend: true }])
  })

  test('what a person asks for goes through a pause, and nothing else does', async () => {
    const { account, processId, ids, pausedUntil } = await paused()
    expect(await world.store.resendDelivery(account.id, ids[1], LATER + 5)).toMatchObject({ deliveredAt: null })
    const { id: testId } = await world.testDelivery(account, LATER + 6)
    const urgent = await world.claim(processId, { now: LATER + 6 })
    expect(urgent.map(({ id }) => id).sort()).toEqual([ids[1], testId].sort())
    for (const delivery of urgent) await world.record(delivery, processId, { finishedAt: LATER + 7 })
    expect(await world.claim(processId, { now: pausedUntil - 1 })).toEqual([])
    expect(await world.claim(processId, { now: pausedUntil })).toMatchObject([{ id: ids[0] }])
  })

  test('what is sent again to a failing address is its probe, before all that waits', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const ids = await world.waiting(account.id, 9)
    const pausedUntil = await failing(world, account.id, processId, LATER)
    const last = ids[8] as string
    expect(await world.store.resendDelivery(account.id, last, LATER + 5)).toMatchObject({ deliveredAt: null })
    const [probe, ...others] = (await world.claim(processId, { now: LATER + 5 })) as [LeasedDelivery]
    expect(probe).toMatchObject({ id: last, probe: true, resend: true })
    expect(others).toEqual([])
    expect(await world.claim(processId, { now: pausedUntil - 1 })).toEqual([])
    await world.record(probe, processId, { finishedAt: LATER + 6 })
    expect(await world.store.findAddress(account.webhookId)).toMatchObject({ state: 'healthy' })
    expect(await world.claim(processId, { now: LATER + 6 })).toHaveLength(8)
  })

  test('a waiting delivery can be discarded, once, and is never sent', async () => {
    const { account, processId, ids, pausedUntil } = await paused()
    const discard = (id: string) => world.store.discardDelivery(account.id, id, LATER + 5)
    expect(await discard(ids[0])).toBe('discarded')
    expect(await world.store.findDelivery(account.id, ids[0])).toMatchObject({
      status: 'discarded',
      nextAttemptAt: null,
      finishedAt: LATER + 5,
    })
    expect(await discard(ids[0])).toBe('discarded')
    expect(await world.claim(processId, { now: pausedUntil })).toMatchObject([{ id: ids[1] }])
    expect(await discard(ids[1])).toBe('sending')
    expect(await discard(newId())).toBeNull()
    expect(await world.store.discardDelivery((await world.account()).id, ids[0], LATER)).toBeNull()
    expect(await world.store.nextDeliveryDueAt(LATER)).toBeNull()
  })

  /** Deliveries that failed, with one job each that ended at these times. */
  async function failedAt(account: { id: string }, times: readonly number[], jobWebhookUrl: string | null = null) {
    const processId = await world.process()
    const ids: string[] = []
    for (const finishedAt of times) {
      const { deliveries } = await world.endedJob(account.id, processId, { finishedAt, jobWebhookUrl })
      const [delivery] = deliveries as [LeasedDelivery]
      await world.record(delivery, processId, {
        cause: 'dns',
        report: null,
        next: { status: 'failed' },
        finishedAt,
      })
      ids.push(delivery.id)
    }
    return ids
  }

  const statuses = async (accountId: string, ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => (await world.store.findDelivery(accountId, id))?.status))

  test('what failed in a range is taken up, from its beginning and before its end, with its whole schedule', async () => {
    const account = await world.account(ENABLED)
    const ids = await failedAt(account, [LATER, LATER + 1, LATER + 2, LATER + 3])
    const [delivered] = await world.waiting(account.id, 1, LATER + 1)
    const processId = await world.process()
    for (const delivery of await world.claim(processId, { now: LATER + 5 })) await world.record(delivery, processId, {})
    const filter = { accountId: account.id, since: LATER + 1, until: LATER + 3 }
    expect(await world.store.countRecoverable(filter)).toEqual({ recoverable: 2, skipped: 0 })
    const heard = heardWork(world.store, 'deliveries')
    expect(await world.store.recoverDeliveries(filter, { limit: 100, now: LATER + 9 })).toEqual({
      recovered: 2,
      last: null,
    })
    await heard
    expect(await statuses(account.id, [...ids, delivered ?? ''])).toEqual([
      'failed',
      'waiting',
      'waiting',
      'failed',
      'delivered',
    ])
    const claimed = await world.claim(processId, { now: LATER + 9 })
    expect(claimed.map(({ id }) => id).sort()).toEqual(ids.slice(1, 3).sort())
    expect(claimed).toMatchObject([
      { failureCount: 0, attemptCount: 1, resend: false },
      { failureCount: 0, attemptCount: 1, resend: false },
    ])
    expect(await world.store.countRecoverable(filter)).toEqual({ recoverable: 0, skipped: 0 })
  })

  test('recovery can be of one cause alone, that of the last attempt', async () => {
    const account = await world.account(ENABLED)
    const [dns] = await failedAt(account, [LATER])
    const processId = await world.process()
    const { deliveries } = await world.endedJob(account.id, processId, { finishedAt: LATER })
    const [delivery] = deliveries as [LeasedDelivery]
    await fail(delivery, processId, LATER, { cause: 'tls' }, { cause: 'tls', next: { status: 'failed' } })
    const filter = { accountId: account.id, since: LATER, until: LATER + 1, cause: 'tls' } as const
    expect(await world.store.countRecoverable(filter)).toEqual({ recoverable: 1, skipped: 0 })
    const recovered = await world.store.recoverDeliveries(filter, { limit: 10, now: LATER + 5 })
    expect(recovered).toEqual({ recovered: 1, last: null })
    expect(await statuses(account.id, [dns ?? '', delivery.id])).toEqual(['failed', 'waiting'])
    expect(await world.store.countRecoverable({ ...filter, cause: 'timeout' })).toEqual({ recoverable: 0, skipped: 0 })
  })

  test('recovery goes in batches, oldest first, until there is no more, and never takes one twice', async () => {
    const account = await world.account(ENABLED)
    const ids = await failedAt(account, [LATER, LATER + 1, LATER + 2, LATER + 3, LATER + 4])
    const filter = { accountId: account.id, since: LATER, until: LATER + 99 }
    const recover = async () => (await world.store.recoverDeliveries(filter, { limit: 2, now: LATER + 100 })).recovered
    expect(await recover()).toBe(2)
    expect(await statuses(account.id, ids)).toEqual(['waiting', 'waiting', 'failed', 'failed', 'failed'])
    const counts = await Promise.all([recover(), recover(), recover()])
    let recovered = counts.reduce((sum, count) => sum + count, 2)
    for (let count = await recover(); count > 0; count = await recover()) recovered += count
    expect(recovered).toBe(5)
    expect(await world.claim(await world.process(), { now: LATER + 100 })).toHaveLength(5)
  })

  test('a recovery goes on after its last batch, and does not take up again what failed meanwhile', async () => {
    const account = await world.account(ENABLED)
    const ids = await failedAt(account, [LATER, LATER, LATER + 1, LATER + 2, LATER + 3])
    const processId = await world.process()
    const filter = { accountId: account.id, since: LATER, until: LATER + 99 }
    const now = LATER + 100
    const first = await world.store.recoverDeliveries(filter, { limit: 3, now })
    expect(first).toEqual({ recovered: 3, last: { createdAt: LATER + 1, id: ids[2] } })
    for (const delivery of await world.claim(processId, { now })) {
      await fail(delivery, processId, now, {}, { next: { status: 'failed' } })
    }
    const { last: after } = first
    expect(await world.store.recoverDeliveries(filter, { limit: 3, now, after })).toEqual({ recovered: 2, last: null })
    expect(await statuses(account.id, ids)).toEqual(['failed', 'failed', 'failed', 'waiting', 'waiting'])
    expect(await world.store.countRecoverable(filter)).toEqual({ recoverable: 3, skipped: 0 })
  })

  test('what was discarded when a webhook was switched off is passed by until it is on again', async () => {
    const account = await world.account(ENABLED)
    const ids = await world.waiting(account.id, 3, LATER)
    const [jobWebhookId] = await failedAt(account, [LATER], 'https://job.example/')
    const other = await world.account(ENABLED)
    await failedAt(other, [LATER])
    await world.store.updateWebhook(account.id, 'default', { enabled: false }, LATER + 1)
    const filter = { accountId: account.id, since: NOON, until: LATER + 99 }
    const ofWebhook = { ...filter, webhookId: account.webhookId }
    expect(await world.store.countRecoverable(filter)).toEqual({ recoverable: 1, skipped: 3 })
    expect(await world.store.countRecoverable(ofWebhook)).toEqual({ recoverable: 0, skipped: 3 })
    expect(await world.store.recoverDeliveries(filter, { limit: 100, now: LATER + 2 })).toEqual({
      recovered: 1,
      last: null,
    })
    expect(await statuses(account.id, [...ids, jobWebhookId ?? ''])).toEqual([
      'discarded',
      'discarded',
      'discarded',
      'waiting',
    ])
    await world.store.updateWebhook(account.id, 'default', { enabled: true }, LATER + 3)
    expect(await world.store.countRecoverable(ofWebhook)).toEqual({ recoverable: 3, skipped: 0 })
    expect(await world.store.recoverDeliveries(ofWebhook, { limit: 100, now: LATER + 4 })).toEqual({
      recovered: 3,
      last: null,
    })
    expect(await world.claim(await world.process(), { now: LATER + 4 })).toHaveLength(4)
  })

  test('tests are not recovered, and what is recovered waits for the pause of its address', async () => {
    const { account, processId, ids, pausedUntil } = await paused()
    await world.testDelivery(account, LATER + 5)
    const [test] = (await world.claim(processId, { now: LATER + 5 })) as [LeasedDelivery]
    await world.record(test, processId, { cause: 'dns', report: null, next: { status: 'failed' } })
    for (const id of ids) await world.store.discardDelivery(account.id, id, LATER + 6)
    const filter = { accountId: account.id, since: NOON, until: LATER + 99 }
    expect(await world.store.recoverDeliveries(filter, { limit: 100, now: LATER + 7 })).toEqual({
      recovered: 3,
      last: null,
    })
    expect(await world.claim(processId, { now: pausedUntil - 1 })).toEqual([])
    expect(await world.claim(processId, { now: pausedUntil })).toHaveLength(3)
  })
}
