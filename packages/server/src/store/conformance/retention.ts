import { beforeEach, expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { DeliveryRow } from '../deliveries.ts'
import { PASS_ANEW_MS, RETENTION_PASSES, type RetentionPass } from '../retention.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

export function describeRetention(open: OpenStore): void {
  const world = useWorld(open)
  /** Each sweep of a test begins at the oldest row: a pass does that by itself after a day. */
  let now = NOON
  /** Rows are made in the order of time, as in life: each test happens after those before it, whose rows are gone. */
  let oldAt = NOON
  let cutoff = NOON
  let youngAt = NOON
  beforeEach(async () => {
    oldAt += 1_000_000
    cutoff = oldAt + 1_000
    youngAt = oldAt + 2_000
    for (const pass of ['jobs', 'deliveries'] as const) await sweep(pass, { endedBefore: oldAt, limit: 100 })
  })

  /** A whole pass in steps; gives how many went. */
  async function sweep(pass: RetentionPass, { endedBefore = cutoff, limit = 3 } = {}): Promise<number> {
    now += PASS_ANEW_MS
    let removed = 0
    for (;;) {
      const step = await world.store.removeOld({ pass, endedBefore, now, limit })
      removed += step?.removed ?? 0
      if (step?.isAtEnd) return removed
    }
  }

  /** A job that ended at a time, and its deliveries, each `delivered` then. */
  async function endedJob(accountId: string, endedAt: number, { deliver = true } = {}) {
    const processId = await world.process()
    const id = await world.job(accountId, {
      leasedBy: processId,
      createdAt: endedAt - 1,
      input: '{"content":"secret"}',
    })
    const { deliveries } = await world.finish(id, processId, { finishedAt: endedAt, result: '{"found":"secret"}' })
    if (deliver) for (const delivery of deliveries) await world.record(delivery, processId, { finishedAt: endedAt })
    return { id, processId, deliveries }
  }

  const job = (accountId: string, id: string) => world.store.findJob(accountId, id)
  const delivery = (accountId: string, id: string) => world.store.findDelivery(accountId, id)

  test('what accounts were told of addresses is forgotten after a month, and not before', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const addressId = (await world.store.findWebhook(accountId, 'default'))?.id ?? ''
    const firstPass = now + PASS_ANEW_MS
    const secondPass = firstPass + PASS_ANEW_MS
    const toldAt = firstPass - 31 * 24 * 3_600_000
    const notice = { addressId, kind: 'deliveries_failed', type: 'delivery.failed', body: '{}', now: toldAt } as const
    const tell = () => world.store.tellNotice({ ...notice, toldBefore: 0, toldAt, deliveryId: newId() })
    const pass = (at: number) => world.store.removeOld({ pass: 'deliveries', endedBefore: at, now: at, limit: 1 })
    expect(await tell()).toBe(true)
    await pass(firstPass)
    expect(await tell()).toBe(false)
    await pass(secondPass)
    expect(await tell()).toBe(true)
    now = secondPass
  })

  test('a time that is far ahead is doubted, whoever looks, until the clock is set right', async () => {
    const { trustTime } = world.store
    const seen = NOON + 86_400_000
    // Whatever came before: a clock that is set back is believed.
    expect(await trustTime(seen)).toEqual({ isTrusted: true })
    expect(await trustTime(seen + 60_000)).toEqual({ isTrusted: true })
    const ahead = seen + 365 * 86_400_000
    const looks = await Promise.all([trustTime(ahead), trustTime(ahead + 1), trustTime(ahead + 60_000)])
    expect(looks).toEqual([{ isTrusted: false }, { isTrusted: false }, { isTrusted: false }])
    expect(await trustTime(seen + 120_000)).toEqual({ isTrusted: true })
    expect(await trustTime(ahead)).toEqual({ isTrusted: false })
    expect(await trustTime(NOON)).toEqual({ isTrusted: true })
  })

  test('what ended before goes with all that belongs to it, and nothing younger does', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const old = []
    for (let index = 0; index < 7; index++) old.push(await endedJob(accountId, oldAt + index))
    const edge = await endedJob(accountId, cutoff)
    const young = await endedJob(accountId, youngAt)
    expect(await sweep('jobs')).toBe(7)
    for (const { id, deliveries } of old) {
      expect(await job(accountId, id)).toBeNull()
      expect(await delivery(accountId, deliveries[0]?.id ?? '')).toBeNull()
      expect(await world.store.listAttempts(deliveries[0]?.id ?? '')).toEqual([])
      expect(await world.store.listJobRuns(accountId, id)).toEqual([])
    }
    for (const { id, deliveries } of [edge, young]) {
      expect(await job(accountId, id)).toMatchObject({ id, payloadRemovedAt: null })
      expect(await world.store.listAttempts(deliveries[0]?.id ?? '')).toHaveLength(1)
    }
    expect(await sweep('jobs')).toBe(0)
  })

  test('what has not ended stays, however old: jobs that wait or run, and jobs with a delivery that waits or is sent', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const processId = await world.process()
    const running = await world.job(accountId, { createdAt: oldAt, leasedBy: processId })
    const sending = await endedJob(accountId, oldAt, { deliver: false })
    const retried = await endedJob(accountId, oldAt, { deliver: false })
    for (const leased of retried.deliveries) {
      const next = { status: 'waiting', nextAttemptAt: oldAt + 1 } as const
      await world.record(leased, retried.processId, { cause: 'status', next, finishedAt: oldAt })
    }
    const resent = await endedJob(accountId, oldAt)
    await world.store.resendDelivery(accountId, resent.deliveries[0]?.id ?? '', oldAt)
    // Last: behind a job that waits, none is leased with its insert.
    const waiting = await world.job(accountId, { createdAt: oldAt })
    for (const pass of RETENTION_PASSES) expect(await sweep(pass)).toBe(0)
    for (const id of [waiting, running, sending.id, retried.id, resent.id]) {
      expect(await job(accountId, id)).toMatchObject({ payloadRemovedAt: null })
    }
    expect(await delivery(accountId, resent.deliveries[0]?.id ?? '')).toMatchObject({ body: '{"id":1}' })

    for (const leased of sending.deliveries) await world.record(leased, sending.processId, { finishedAt: oldAt })
    expect(await sweep('jobs')).toBe(1)
    expect(await job(accountId, sending.id)).toBeNull()
  })

  test('the last end counts: a delivery that was sent again later keeps its job', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const { id, deliveries } = await endedJob(accountId, oldAt)
    await world.store.resendDelivery(accountId, deliveries[0]?.id ?? '', oldAt)
    const processId = await world.process()
    const again = (await world.claim(processId, { now: youngAt })).find((leased) => leased.id === deliveries[0]?.id)
    if (!again) throw new Error('it was not claimed')
    await world.record(again, processId, { finishedAt: cutoff + 5 })
    expect(await sweep('jobs')).toBe(0)
    expect(await job(accountId, id)).not.toBeNull()
    expect(await sweep('jobs', { endedBefore: cutoff + 6 })).toBe(1)
  })

  test('payloads go and the record of what happened stays', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const { id, deliveries } = await endedJob(accountId, oldAt)
    const young = await endedJob(accountId, youngAt)
    const before = (await delivery(accountId, deliveries[0]?.id ?? '')) as DeliveryRow
    expect(await sweep('job_payloads')).toBe(1)
    expect(await job(accountId, id)).toMatchObject({
      status: 'success',
      input: '',
      result: null,
      finishedAt: oldAt,
      payloadRemovedAt: now,
    })
    expect(await delivery(accountId, before.id)).toEqual({ ...before, body: '', payloadRemovedAt: now })
    expect(await world.store.listAttempts(before.id)).toMatchObject([
      { number: 1, responseStatus: 200, responseBody: null },
    ])
    expect(await job(accountId, young.id)).toMatchObject({ result: '{"found":"secret"}', payloadRemovedAt: null })
    expect(await sweep('job_payloads')).toBe(0)
    expect(await sweep('jobs')).toBe(1)
  })

  test('tests and events, which are about no job, go likewise; deliveries of jobs only with their job', async () => {
    const account = await world.account(ENABLED)
    const kept = await endedJob(account.id, oldAt)
    const tried = await world.testDelivery(account, oldAt)
    const untried = await world.testDelivery(account, oldAt)
    const processId = await world.process()
    const leased = (await world.claim(processId, { now: youngAt })).find(({ id }) => id === tried.id)
    if (!leased) throw new Error('it was not claimed')
    await world.record(leased, processId, { finishedAt: oldAt })
    expect(await sweep('delivery_payloads')).toBe(1)
    expect(await delivery(account.id, tried.id)).toMatchObject({ body: '', payloadRemovedAt: now })
    expect(await sweep('deliveries')).toBe(1)
    expect(await delivery(account.id, tried.id)).toBeNull()
    expect(await delivery(account.id, untried.id)).toMatchObject({ status: 'sending', body: '{"test":true}' })
    expect(await delivery(account.id, kept.deliveries[0]?.id ?? '')).toMatchObject({ body: '{"id":1}' })
  })

  test('a delivery without its body is neither sent again nor recovered', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const { processId, deliveries } = await endedJob(accountId, oldAt, { deliver: false })
    for (const leased of deliveries) {
      await world.record(leased, processId, { cause: 'status', next: { status: 'failed' }, finishedAt: oldAt })
    }
    const range = { accountId, since: oldAt, until: youngAt }
    expect(await world.store.countRecoverable(range)).toEqual({ recoverable: 1, skipped: 0 })
    expect(await sweep('job_payloads')).toBe(1)
    expect(await world.store.resendDelivery(accountId, deliveries[0]?.id ?? '', youngAt)).toBe('payload_removed')
    expect(await world.store.countRecoverable(range)).toEqual({ recoverable: 0, skipped: 0 })
    expect(await world.store.recoverDeliveries(range, { limit: 10, now: youngAt })).toMatchObject({ recovered: 0 })
  })

  test('a pass goes on where it was, and looks again at what it passed by after a day', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const passedBy = await endedJob(accountId, oldAt, { deliver: false })
    const later = await endedJob(accountId, oldAt)
    expect(await sweep('jobs')).toBe(1)
    for (const leased of passedBy.deliveries) await world.record(leased, passedBy.processId, { finishedAt: oldAt })
    const next = await endedJob(accountId, oldAt)
    const step = { pass: 'jobs', endedBefore: cutoff, limit: 10 } as const
    expect(await world.store.removeOld({ ...step, now: now + PASS_ANEW_MS - 1 })).toEqual({ removed: 1, isAtEnd: true })
    expect(await job(accountId, later.id)).toBeNull()
    expect(await job(accountId, next.id)).toBeNull()
    expect(await job(accountId, passedBy.id)).not.toBeNull()
    now += PASS_ANEW_MS
    expect((await world.store.removeOld({ ...step, now }))?.removed).toBe(1)
    expect(await job(accountId, passedBy.id)).toBeNull()
    // A clock that was set back: the pass did not begin in the future.
    expect((await world.store.removeOld({ ...step, now: now - 1 }))?.isAtEnd).toBe(true)
  })

  test('documents become due with the payloads of their job', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const ended = await endedJob(accountId, oldAt)
    const id = newId()
    await world.store.insertDocument({
      id,
      accountId,
      jobId: ended.id,
      createdAt: oldAt,
      sweepAt: now + 1_000 * PASS_ANEW_MS,
    })
    expect(await sweep('job_payloads')).toBe(1)
    const due = await world.store.listDueDocuments({ now, limit: 1_000 })
    expect(due.filter((document) => document.id === id)).toMatchObject([{ hasJob: false }])
  })

  test('an expunged job has lost input, result, bodies and documents at once, and its record stays', async () => {
    const [account, other] = await Promise.all([world.account(ENABLED), world.account()])
    const { id: jobId, deliveries } = await endedJob(account.id, youngAt)
    const documentId = newId()
    await world.store.insertDocument({
      id: documentId,
      accountId: account.id,
      jobId,
      createdAt: youngAt,
      sweepAt: youngAt,
    })
    const expunge = { accountId: account.id, jobId, now: youngAt + 9 }
    expect(await world.store.expungeJob({ ...expunge, accountId: other.id })).toBeNull()
    expect(await world.store.expungeJob(expunge)).toEqual({ documentIds: [documentId] })
    expect(await job(account.id, jobId)).toMatchObject({ input: '', result: null, payloadRemovedAt: youngAt + 9 })
    const [told] = deliveries
    expect(await delivery(account.id, told?.id ?? '')).toMatchObject({ body: '', payloadRemovedAt: youngAt + 9 })
    expect(await world.store.listAttempts(told?.id ?? '')).toMatchObject([{ responseStatus: 200, responseBody: null }])
    expect(await world.store.expungeJob({ ...expunge, now: youngAt + 10 })).not.toBeNull()
    expect(await job(account.id, jobId)).toMatchObject({ payloadRemovedAt: youngAt + 9 })
  })

  test('an expunged job that failed keeps the code of its error, and loses the message, which may quote the input', async () => {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    const jobId = await world.job(accountId, { leasedBy: processId, createdAt: youngAt })
    const error = { code: 'worker.failed', message: 'cannot read "secret"' } as const
    await world.finish(jobId, processId, { status: 'failed', result: null, error, finishedAt: youngAt })
    await world.store.expungeJob({ accountId, jobId, now: youngAt })
    const expunged = await job(accountId, jobId)
    expect(expunged).toMatchObject({ error: { code: error.code } })
    expect(JSON.stringify(expunged)).not.toContain('secret')
  })

  test('a job that has not ended, or has a delivery that has not, is not expunged', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const { id: sending } = await endedJob(accountId, youngAt, { deliver: false })
    const waiting = await world.job(accountId)
    const expunge = (jobId: string) => world.store.expungeJob({ accountId, jobId, now: youngAt })
    expect(await expunge(waiting)).toBe('unfinished')
    expect(await expunge(sending)).toBe('delivering')
    expect(await expunge(newId())).toBeNull()
    expect(await job(accountId, sending)).toMatchObject({ result: '{"found":"secret"}' })
  })

  test('jobs end and arrive while old ones are deleted, by several processes at once, and none is lost', async () => {
    const { id: accountId } = await world.account(ENABLED)
    const old: string[] = []
    for (let index = 0; index < 60; index++) old.push((await endedJob(accountId, oldAt)).id)
    now += PASS_ANEW_MS
    const removed: number[] = []
    const sweepers = Array.from({ length: 4 }, async () => {
      for (let isAtEnd = false; !isAtEnd; ) {
        const step = await world.store.removeOld({ pass: 'jobs', endedBefore: cutoff, now, limit: 5 })
        removed.push(step?.removed ?? 0)
        isAtEnd = step?.isAtEnd ?? false
      }
    })
    const work = Array.from({ length: 60 }, () => endedJob(accountId, youngAt))
    const [young] = await Promise.all([Promise.all(work), ...sweepers])
    expect(removed.reduce((sum, count) => sum + count, 0)).toBe(60)
    for (const id of old) expect(await job(accountId, id)).toBeNull()
    for (const { id, deliveries } of young) {
      expect(await job(accountId, id)).toMatchObject({ status: 'success' })
      expect(await world.store.listAttempts(deliveries[0]?.id ?? '')).toHaveLength(1)
    }
  })
}
