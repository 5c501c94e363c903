import { beforeEach, expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import { PASS_ANEW_MS } from '../retention.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const HOUR_MS = 3_600_000

export function describePayloadRetention(open: OpenStore): void {
  const world = useWorld(open)
  /** Each test happens days after the one before, whose payloads have gone by then; all in the year of `world.ts`. */
  let now = NOON
  beforeEach(async () => {
    now += 10 * 24 * HOUR_MS
    while (!(await world.store.removeDuePayloads({ now, limit: 1_000 })).isAtEnd);
  })

  const sweepAt = (at: number, limit = 100) => world.store.removeDuePayloads({ now: at, limit })
  const job = (accountId: string, id: string) => world.store.findJob(accountId, id)

  /** A job that ended at `now`, and its deliveries, which are under way. */
  async function endedJob(accountId: string, payloadRetentionMs: number | null = HOUR_MS) {
    const processId = await world.process()
    const input = '{"content":"secret"}'
    const id = await world.job(accountId, { leasedBy: processId, createdAt: now, input, payloadRetentionMs })
    const end = await world.finish(id, processId, { finishedAt: now, result: '{"found":"secret"}' })
    return { id, processId, deliveries: end.deliveries }
  }

  /** The same, and its deliveries arrived. */
  async function toldJob(accountId: string, payloadRetentionMs: number | null = HOUR_MS) {
    const ended = await endedJob(accountId, payloadRetentionMs)
    for (const delivery of ended.deliveries) await world.record(delivery, ended.processId, { finishedAt: now })
    return ended
  }

  function only(deliveries: readonly LeasedDelivery[]): LeasedDelivery {
    const [delivery, ...more] = deliveries
    if (!delivery || more.length > 0) throw new Error('it has not exactly one delivery')
    return delivery
  }

  test('payloads go when the time of their job is over and no millisecond earlier, and those of others stay', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const short = await toldJob(accountId)
    const longer = await toldJob(accountId, 2 * HOUR_MS)
    const plain = await toldJob(accountId, null)
    expect(await job(accountId, short.id)).toMatchObject({ payloadRetentionMs: HOUR_MS, payloadRemovedAt: null })
    expect(await job(accountId, plain.id)).toMatchObject({ payloadRetentionMs: null })
    expect(await sweepAt(now + HOUR_MS - 1)).toEqual({ removed: 0, isAtEnd: true })
    expect(await sweepAt(now + HOUR_MS)).toEqual({ removed: 1, isAtEnd: true })

    const removed = { payloadRemovedAt: now + HOUR_MS }
    expect(await job(accountId, short.id)).toMatchObject({ status: 'success', input: '', result: null, ...removed })
    const { id: deliveryId } = only(short.deliveries)
    expect(await world.store.findDelivery(accountId, deliveryId)).toMatchObject({ body: '', ...removed })
    expect(await world.store.listAttempts(deliveryId)).toMatchObject([{ responseStatus: 200, responseBody: null }])
    expect(await world.store.resendDelivery(accountId, deliveryId, now + HOUR_MS)).toBe('payload_removed')
    for (const { id, deliveries } of [longer, plain]) {
      expect(await job(accountId, id)).toMatchObject({ result: '{"found":"secret"}', payloadRemovedAt: null })
      expect(await world.store.findDelivery(accountId, only(deliveries).id)).toMatchObject({ body: '{"id":1}' })
    }
    expect(await sweepAt(now + HOUR_MS)).toEqual({ removed: 0, isAtEnd: true })
  })

  test('a job that waits or runs keeps its input, however old, and loses it after its end', async () => {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    const period = { createdAt: now, input: '{"a":1}', payloadRetentionMs: HOUR_MS }
    const running = await world.job(accountId, { ...period, leasedBy: processId })
    const waiting = await world.job(accountId, period)
    const late = now + 10 * HOUR_MS
    expect(await sweepAt(late)).toEqual({ removed: 0, isAtEnd: true })
    for (const id of [running, waiting]) {
      expect(await job(accountId, id)).toMatchObject({ input: '{"a":1}', payloadRemovedAt: null })
    }
    await world.finish(running, processId, { finishedAt: late + 5 })
    expect((await sweepAt(late + HOUR_MS)).removed).toBe(0)
    expect((await sweepAt(late + HOUR_MS + 5)).removed).toBe(1)
    expect(await job(accountId, running)).toMatchObject({ input: '', payloadRemovedAt: late + HOUR_MS + 5 })
    expect(await job(accountId, waiting)).toMatchObject({ input: '{"a":1}' })
  })

  test('a delivery that is being sent, or waits, keeps its body; the time counts from its end', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const { id, processId, deliveries } = await endedJob(accountId)
    const delivery = only(deliveries)
    expect((await sweepAt(now + 2 * HOUR_MS)).removed).toBe(0)
    const retryAt = now + 3 * HOUR_MS
    const next = { status: 'waiting', nextAttemptAt: retryAt } as const
    await world.record(delivery, processId, { cause: 'status', next, finishedAt: now })
    expect((await sweepAt(now + 4 * HOUR_MS)).removed).toBe(0)
    expect(await world.store.findDelivery(accountId, delivery.id)).toMatchObject({ body: '{"id":1}' })
    expect(await job(accountId, id)).toMatchObject({ payloadRemovedAt: null })

    const again = only(await world.claim(processId, { now: now + 4 * HOUR_MS }))
    expect(again.body).toBe('{"id":1}')
    const end = now + 4 * HOUR_MS + 7
    await world.record(again, processId, { finishedAt: end })
    expect((await sweepAt(end + HOUR_MS - 1)).removed).toBe(0)
    expect((await sweepAt(end + HOUR_MS)).removed).toBe(1)
    expect(await world.store.findDelivery(accountId, delivery.id)).toMatchObject({ body: '', status: 'delivered' })
  })

  test('a delivery that is sent again in time keeps all until it has ended', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const { id, processId, deliveries } = await toldJob(accountId)
    await world.store.resendDelivery(accountId, only(deliveries).id, now + HOUR_MS - 1)
    expect((await sweepAt(now + HOUR_MS)).removed).toBe(0)
    const again = only(await world.claim(processId, { now: now + HOUR_MS }))
    await world.record(again, processId, { finishedAt: now + HOUR_MS })
    expect((await sweepAt(now + 2 * HOUR_MS)).removed).toBe(1)
    expect(await job(accountId, id)).toMatchObject({ payloadRemovedAt: now + 2 * HOUR_MS })
  })

  test('what a dead receiver holds back for days is looked at less often, and holds nothing else back', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const stuck = await endedJob(accountId, 60_000)
    const dayLater = now + 24 * HOUR_MS
    expect((await sweepAt(dayLater)).removed).toBe(0)
    for (const delivery of stuck.deliveries) await world.record(delivery, stuck.processId, { finishedAt: dayLater })
    expect((await sweepAt(dayLater + HOUR_MS - 1, 1)).removed).toBe(0)
    expect((await sweepAt(dayLater + HOUR_MS, 1)).removed).toBe(1)
  })

  test('a step looks at so many, those that are due longest first', async () => {
    const { id: accountId } = await world.account()
    const longest = await toldJob(accountId)
    const others = [await toldJob(accountId, HOUR_MS + 1), await toldJob(accountId, HOUR_MS + 2)]
    expect(await sweepAt(now + 2 * HOUR_MS, 1)).toEqual({ removed: 1, isAtEnd: false })
    expect(await job(accountId, longest.id)).toMatchObject({ result: null })
    expect(await sweepAt(now + 2 * HOUR_MS, 3)).toEqual({ removed: 2, isAtEnd: true })
    for (const { id } of others) expect(await job(accountId, id)).toMatchObject({ result: null })
  })

  test('documents become due with the payloads of their job', async () => {
    const { id: accountId } = await world.account()
    const ended = await toldJob(accountId)
    const id = newId()
    const document = { id, accountId, jobId: ended.id, createdAt: now, sweepAt: now + 1_000 * 24 * HOUR_MS }
    await world.store.insertDocument(document)
    expect((await sweepAt(now + HOUR_MS)).removed).toBe(1)
    const due = await world.store.listDueDocuments({ now: now + HOUR_MS, limit: 1_000 })
    expect(due.filter((found) => found.id === id)).toMatchObject([{ hasJob: false }])
  })

  test('what was expunged, or went by the time of the server, is not counted again', async () => {
    const { id: accountId } = await world.account()
    const expunged = await toldJob(accountId)
    const old = await toldJob(accountId)
    await world.store.expungeJob({ accountId, jobId: expunged.id, now })
    const anew = now + PASS_ANEW_MS
    for (let isAtEnd = false; !isAtEnd; ) {
      const slice = { pass: 'job_payloads', endedBefore: now + 1, now: anew, limit: 1_000 } as const
      isAtEnd = (await world.store.removeOld(slice))?.isAtEnd ?? true
    }
    expect(await sweepAt(anew)).toEqual({ removed: 0, isAtEnd: true })
    expect(await job(accountId, expunged.id)).toMatchObject({ payloadRemovedAt: now })
    expect(await job(accountId, old.id)).toMatchObject({ payloadRemovedAt: anew })
  })

  test('a keyed dispatch keeps the time of its job too', async () => {
    const { id: accountId } = await world.account()
    const dispatch = { id: newId(), accountId, type: 'test', input: '{}', jobWebhookUrl: null, createdAt: now }
    const period = { leasedBy: null, payloadRetentionMs: HOUR_MS }
    await world.store.insertJobOnce({ ...dispatch, ...period }, { key: newId(), fingerprint: 'same' })
    expect(await job(accountId, dispatch.id)).toMatchObject({ payloadRetentionMs: HOUR_MS })
  })

  test('jobs arrive and deliveries end while several processes remove payloads, and nothing is lost or stuck', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const old = await Promise.all(Array.from({ length: 60 }, () => toldJob(accountId)))
    // As old, and told only while the others are swept.
    const open = await Promise.all(Array.from({ length: 30 }, () => endedJob(accountId)))
    const at = now + HOUR_MS
    const removed: number[] = []
    const sweepers = Array.from({ length: 4 }, async () => {
      for (let isAtEnd = false; !isAtEnd; ) {
        const step = await sweepAt(at, 5)
        removed.push(step.removed)
        isAtEnd = step.isAtEnd
      }
    })
    const ends = open.map(({ processId, deliveries }) =>
      Promise.all(deliveries.map((delivery) => world.record(delivery, processId, { finishedAt: at }))),
    )
    const work = Array.from({ length: 30 }, () => toldJob(accountId, 2 * HOUR_MS))
    const [young] = await Promise.all([Promise.all(work), Promise.all(ends), ...sweepers])
    // What somebody held at that moment is due at the next look.
    while (!(await sweepAt(at)).isAtEnd);
    for (const { id } of old) expect(await job(accountId, id)).toMatchObject({ input: '', payloadRemovedAt: at })
    expect(removed.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(60)
    for (const { id, deliveries } of [...open, ...young]) {
      expect(await world.store.listAttempts(only(deliveries).id)).toMatchObject([{ responseStatus: 200 }])
      expect(await job(accountId, id)).toMatchObject({ result: '{"found":"secret"}', payloadRemovedAt: null })
    }
  })
}
