import { LISTENER_KEPT_MS } from '@ringback/contract'
import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import { LISTENER_AHEAD_MS_MAX } from '../clock.ts'
import type { ListenerRow } from '../listeners.ts'
import { listenerAnsweredOf, listenerOf, type WorkKind } from '../store.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const MINUTE_MS = 60_000

/** Every guarantee of `ListenerStore`, and what other methods promise about deliveries of listeners. */
export function describeListeners(open: OpenStore): void {
  const world = useWorld(open)

  /** A listener of the account with an open stream. */
  async function listener(accountId: string, change: Partial<ListenerRow> = {}) {
    const row: ListenerRow = {
      id: newId(),
      accountId,
      name: 'laptop',
      url: 'http://localhost:3000/hook',
      webhookId: null,
      jobTypes: null,
      sealedSecret: null,
      createdAt: NOON,
      expiresAt: NOON + MINUTE_MS,
      ...change,
    }
    expect(await world.store.insertListener(row, 10)).toBe(true)
    const connection = newId()
    await connect(row, connection)
    return { ...row, connection }
  }

  /** An account with a process and a listener. */
  async function listening() {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    return { accountId, processId, heard: await listener(accountId) }
  }

  function connect(
    { id, accountId }: Pick<ListenerRow, 'id' | 'accountId'>,
    connection: string,
    inHand: string[] = [],
  ) {
    const times = { now: NOON + 10, expiresAt: NOON + MINUTE_MS }
    return world.store.connectListener({ accountId, listenerId: id, connection, inHand, ...times })
  }

  function claim({ id, connection }: { id: string; connection: string }, processId: string, limit = 10) {
    return world.store.claimForListener({ listenerId: id, connection, processId, limit, now: NOON + 10 })
  }

  const deliveriesOf = async (accountId: string, listenerId: string) =>
    (await world.store.listDeliveries({ accountId, limit: 100 })).filter((row) => row.listenerId === listenerId)

  test('the end of a job writes a copy for each listener, besides what the webhook gets, and couriers never see it', async () => {
    const { id: accountId, webhookId } = await world.account(ENABLED)
    const processId = await world.process()
    const [one, two] = [await listener(accountId), await listener(accountId)]
    const { deliveries } = await world.endedJob(accountId, processId)
    expect(deliveries.map((delivery) => delivery.webhookId)).toEqual([webhookId])
    const all = await world.store.listDeliveries({ accountId, limit: 10 })
    expect(all).toHaveLength(3)
    for (const { id } of [one, two]) {
      expect(all.filter((row) => row.listenerId === id)).toMatchObject([
        { webhookId: null, status: 'waiting', url: one.url, trigger: 'job', nextAttemptAt: NOON + 5 },
      ])
    }
    expect(await world.claim(processId)).toEqual([])
    expect(await world.store.nextDeliveryDueAt(NOON)).toBeNull()
  })

  test('an overview counts no copies of listeners, and goes on behind a page that has nothing else', async () => {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    await world.store.updateWebhook(accountId, 'default', ENABLED, NOON)
    await world.endedJob(accountId, processId)
    await world.store.updateWebhook(accountId, 'default', { enabled: false }, NOON + 6)
    await listener(accountId)
    await world.endedJob(accountId, processId)
    const page = { accountId, since: NOON, stepMs: MINUTE_MS, limit: 1 }
    const first = await world.store.sumDeliveries({ ...page, beforeId: null })
    expect(first).toMatchObject({ rows: 1, olderRows: 0, deliveries: [], attempts: [], oldestAt: NOON + 5 })
    const second = await world.store.sumDeliveries({ ...page, beforeId: first.oldestId })
    expect(second.deliveries).toMatchObject([{ step: 0, count: 1 }])
  })

  test('a listener of the account hears of every job: with the webhooks off, and with a job webhook instead of them', async () => {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    const { id } = await listener(accountId)
    await world.endedJob(accountId, processId)
    await world.endedJob(accountId, processId, { jobWebhookUrl: 'https://job.example/hook' })
    expect(await deliveriesOf(accountId, id)).toHaveLength(2)
  })

  test('one that stands for a webhook has its filters, its headers, its schedule and its secret, as they are now', async () => {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    const webhook = { ...world.newWebhook(accountId), enabled: false, includeResult: true, jobTypes: '["a","b"]' }
    await world.store.insertWebhook(webhook, 20)
    const heard = await listener(accountId, { webhookId: webhook.id, jobTypes: '["b","c"]' })
    for (const type of ['a', 'b', 'c']) await world.endedJob(accountId, processId, { type })
    await world.endedJob(accountId, processId, { type: 'b', status: 'failed' })
    expect((await deliveriesOf(accountId, heard.id)).map(({ jobType }) => jobType)).toEqual(['b', 'b'])

    const change = { sealedSecret: 'new', sealedPreviousSecret: 'old', previousSecretUntil: 7, headers: '[1]' }
    await world.store.updateWebhook(accountId, webhook.id, { ...change, retrySchedule: '[2]' }, NOON)
    const [delivery] = await claim(heard, processId)
    expect(delivery).toMatchObject({
      body: '{"id":1,"result":{"found":1}}',
      url: heard.url,
      webhookId: null,
      addressId: heard.id,
      customHeaders: '[1]',
      retrySchedule: '[2]',
      sealedSecret: 'new',
      sealedPreviousSecret: 'old',
      previousSecretUntil: 7,
      attemptCount: 0,
      failureCount: 0,
      probe: false,
      resend: false,
      deliveredBefore: false,
    })
  })

  test('one of the account is signed like a job webhook: by the secret of `default`, else by its own', async () => {
    const { id: accountId } = await world.account({ headers: '[1]', includeResult: true })
    const processId = await world.process()
    const heard = await listener(accountId, { sealedSecret: 'own' })
    await world.endedJob(accountId, processId)
    await world.endedJob(accountId, processId)
    expect(await claim(heard, processId, 1)).toMatchObject([
      { sealedSecret: 'own', customHeaders: null, retrySchedule: null, body: '{"id":1,"result":{"found":1}}' },
    ])
    await world.store.updateWebhook(accountId, 'default', { sealedSecret: 'set' }, NOON)
    expect(await claim(heard, processId)).toMatchObject([{ sealedSecret: 'set' }])
  })

  test('a webhook that was deleted is heard no more', async () => {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    const webhook = world.newWebhook(accountId)
    await world.store.insertWebhook(webhook, 20)
    const { id } = await listener(accountId, { webhookId: webhook.id })
    await world.store.deleteWebhook(accountId, webhook.id, null, NOON)
    await world.endedJob(accountId, processId)
    expect(await deliveriesOf(accountId, id)).toEqual([])
  })

  test('its attempts are recorded like all others, with retries, and say nothing about any address', async () => {
    const { accountId, processId, heard } = await listening()
    await world.endedJob(accountId, processId)
    const [first] = await claim(heard, processId)
    if (!first) throw new Error('nothing was claimed')
    const at = NOON + 500
    const next = { status: 'waiting', nextAttemptAt: at } as const
    const failed = { cause: 'connect', next, report: null, spendsSchedule: true } as const
    expect(await world.record(first, processId, failed)).toEqual({ recorded: true, untold: false })
    expect(await world.record(first, processId, failed)).toEqual({ recorded: false, untold: false })
    expect(await claim(heard, processId)).toEqual([])
    expect(await world.store.nextListenerDueAt(heard.id, NOON)).toBe(at)
    expect(await world.store.findListenerDelivery(accountId, heard.id, first.id)).toMatchObject({
      attemptCount: 1,
      failureCount: 1,
      leasedBy: null,
    })
    const claimAgain = { listenerId: heard.id, connection: heard.connection, processId, limit: 9, now: at }
    const [second] = await world.store.claimForListener(claimAgain)
    if (!second) throw new Error('the retry was not claimed')
    expect(second).toMatchObject({ id: first.id, attemptCount: 1, failureCount: 1 })
    await world.record(second, processId, { report: null })
    expect(await world.store.findDelivery(accountId, first.id)).toMatchObject({
      status: 'delivered',
      attemptCount: 2,
      listenerId: heard.id,
    })
    expect((await world.store.listAttempts(first.id)).map(({ cause }) => cause)).toEqual(['connect', null])
    expect(await world.store.findAddress(heard.id)).toBeNull()
  })

  test('another stream takes over: the old one gets nothing, and what did not arrive waits again without an attempt', async () => {
    const { accountId, processId, heard } = await listening()
    for (let count = 0; count < 3; count++) await world.endedJob(accountId, processId)
    const [arrived, lost] = await claim(heard, processId, 2)
    if (!arrived || !lost) throw new Error('too few were claimed')
    const connection = newId()
    expect(await connect(heard, connection, [arrived.id])).toBe(true)
    expect(await claim(heard, processId)).toEqual([])
    const renewal = { listenerId: heard.id, expiresAt: NOON + 2 * MINUTE_MS }
    expect(await world.store.renewListener({ ...renewal, connection: heard.connection })).toBe(false)
    expect(await world.store.renewListener({ ...renewal, connection })).toBe(true)
    const ids = [arrived.id, lost.id]
    expect(await world.store.listStillLeased(processId, ids)).toEqual([arrived.id])
    expect(await world.record(arrived, processId, { report: null })).toMatchObject({ recorded: true })
    expect(await world.store.listStillLeased(processId, ids)).toEqual([])
    const rest = await claim({ id: heard.id, connection }, processId)
    expect(rest).toHaveLength(2)
    expect(rest).toContainEqual(expect.objectContaining({ id: lost.id, attemptCount: 0 }))
  })

  test('no delivery is leased twice by streams that claim at once', async () => {
    const { accountId, processId, heard } = await listening()
    for (let count = 0; count < 6; count++) await world.endedJob(accountId, processId)
    const claims = await Promise.all([1, 2, 3, 4].map(() => claim(heard, processId, 3)))
    const ids = claims.flat().map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length + (await claim(heard, processId)).length).toBe(6)
  })

  test('a process that was released leases nothing for it', async () => {
    const { accountId, processId, heard } = await listening()
    await world.endedJob(accountId, processId)
    await world.store.releaseProcess(processId, NOON)
    expect(await claim(heard, processId)).toEqual([])
  })

  test('what a dead process had under way for it is an interrupted attempt and waits again', async () => {
    const { accountId, processId, heard } = await listening()
    await world.endedJob(accountId, processId)
    const [delivery] = await claim(heard, processId)
    await world.store.releaseProcess(processId, NOON + 10)
    const next = await claim(heard, await world.process())
    expect(next).toMatchObject([{ id: delivery?.id, attemptCount: 1, failureCount: 0 }])
    expect(await world.store.listAttempts(delivery?.id ?? '')).toMatchObject([{ cause: 'interrupted', url: heard.url }])
  })

  test.each(['removed', 'expired'])('what waits or is under way for one that was %s is discarded', async (how) => {
    const { accountId, processId, heard } = await listening()
    await world.endedJob(accountId, processId)
    await world.endedJob(accountId, processId)
    const [underWay] = await claim(heard, processId, 1)
    if (!underWay) throw new Error('nothing was claimed')
    if (how === 'removed') expect(await world.store.removeListener(accountId, heard.id, NOON + 20)).toBe(true)
    else {
      expect(await world.store.removeExpiredListeners(heard.expiresAt)).toBe(0)
      expect(await world.store.removeExpiredListeners(heard.expiresAt + 1)).toBeGreaterThan(0)
    }
    expect((await deliveriesOf(accountId, heard.id)).map(({ status }) => status)).toEqual(['discarded', 'discarded'])
    expect(await world.record(underWay, processId, { report: null })).toMatchObject({ recorded: false })
    await world.endedJob(accountId, processId)
    expect(await deliveriesOf(accountId, heard.id)).toHaveLength(2)
    expect(await world.store.findListener(accountId, heard.id)).toBeNull()
  })

  test('what a dead process had under way for one that is gone is discarded, not forgotten', async () => {
    const { accountId, processId, heard } = await listening()
    await world.endedJob(accountId, processId)
    await claim(heard, processId)
    // As a retry that was planned in the moment of the removal: it waits, and nobody is there.
    const gone = world.store.removeListener(accountId, heard.id, NOON)
    await Promise.all([gone, world.store.releaseProcess(processId, NOON + 10)])
    await world.store.removeExpiredListeners(NOON + 20)
    expect(await deliveriesOf(accountId, heard.id)).toMatchObject([{ status: 'discarded' }])
  })

  test('what waits beyond the newest is discarded', async () => {
    const { accountId, processId, heard } = await listening()
    for (let at = 0; at < 5; at++) await world.endedJob(accountId, processId, { finishedAt: NOON + at })
    expect(await world.store.trimListener(heard.id, 2, NOON + 9)).toBe(3)
    expect(await world.store.trimListener(heard.id, 2, NOON + 9)).toBe(0)
    const statuses = (await deliveriesOf(accountId, heard.id)).map(({ status }) => status)
    expect(statuses).toEqual(['waiting', 'waiting', 'discarded', 'discarded', 'discarded'])
  })

  test('a resend goes to the listener while it is there, and says so when it is gone', async () => {
    const { accountId, processId, heard } = await listening()
    await world.endedJob(accountId, processId)
    const [delivery] = await claim(heard, processId)
    if (!delivery) throw new Error('nothing was claimed')
    await world.record(delivery, processId, { report: null })
    const kinds: WorkKind[] = []
    const stop = world.store.onWork((kind) => kinds.push(kind))
    expect(await world.store.resendDelivery(accountId, delivery.id, NOON + 10)).toMatchObject({ status: 'delivered' })
    await expect.poll(() => kinds).toContain(listenerOf(heard.id))
    stop()
    expect(await claim(heard, processId)).toMatchObject([{ id: delivery.id, resend: true, deliveredBefore: true }])
    await world.store.removeListener(accountId, heard.id, NOON)
    expect(await world.store.resendDelivery(accountId, delivery.id, NOON)).toBe('listener_gone')
  })

  test('after the clock was set back, it waits as long as it was to wait, and nobody is kept for longer than promised', async () => {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    const evening = NOON + 5 * 3_600_000
    const heard = await listener(accountId, { expiresAt: evening + LISTENER_KEPT_MS })
    await world.endedJob(accountId, processId)
    const [delivery] = await claim(heard, processId)
    if (!delivery) throw new Error('nothing was claimed')
    await world.record(delivery, processId, {
      report: null,
      cause: 'connect',
      startedAt: evening,
      next: { status: 'waiting', nextAttemptAt: evening + 8_000 },
    })
    const kinds: WorkKind[] = []
    const stop = world.store.onWork((kind) => kinds.push(kind))
    await world.store.replan(NOON)
    await expect.poll(() => kinds).toContain(listenerOf(heard.id))
    stop()
    expect(await world.store.nextListenerDueAt(heard.id, NOON)).toBe(NOON + 8_000)
    const found = await world.store.findListener(accountId, heard.id)
    expect(found?.expiresAt).toBeLessThanOrEqual(NOON + LISTENER_AHEAD_MS_MAX)
  })

  test('recovery and statistics leave its deliveries out', async () => {
    const { accountId, processId, heard } = await listening()
    await world.endedJob(accountId, processId)
    const [delivery] = await claim(heard, processId)
    if (!delivery) throw new Error('nothing was claimed')
    await world.record(delivery, processId, { cause: 'connect', next: { status: 'failed' }, report: null })
    const range = { accountId, since: 0, until: NOON * 2 }
    expect(await world.store.countRecoverable(range)).toEqual({ recoverable: 0, skipped: 0 })
    expect(await world.store.recoverDeliveries(range, { limit: 9, now: NOON })).toMatchObject({ recovered: 0 })
    expect(await world.store.listRecentAttempts({ accountId, since: 0, limit: 9 })).toEqual([])
    expect(await world.store.countFailed({ ...range, limit: 9 })).toEqual([])
    const page = { accountId, since: 0, stepMs: MINUTE_MS, beforeId: null, limit: 9 }
    expect(await world.store.sumDeliveries(page)).toMatchObject({ deliveries: [], attempts: [] })
  })

  test('a test waits for it alone, and is not for one that is gone', async () => {
    const { accountId, processId, heard } = await listening()
    const wanted = { accountId, jobType: 'a', jobStatus: 'success', body: '{"test":1}', createdAt: NOON } as const
    expect(await world.store.insertListenerTest({ ...wanted, id: newId(), listenerId: heard.id })).toBe(true)
    expect(await world.store.insertListenerTest({ ...wanted, id: newId(), listenerId: newId() })).toBe(false)
    expect(await claim(heard, processId)).toMatchObject([{ trigger: 'test', jobId: null, body: '{"test":1}' }])
  })

  test('the end of a job and a foreign answer are told with the id of the listener', async () => {
    const { accountId, processId, heard } = await listening()
    const kinds: WorkKind[] = []
    const stop = world.store.onWork((kind) => kinds.push(kind))
    await world.endedJob(accountId, processId)
    await world.store.tellListenerAnswered(heard.id)
    await expect.poll(() => kinds).toEqual(expect.arrayContaining([listenerOf(heard.id), listenerAnsweredOf(heard.id)]))
    stop()
    expect(kinds).not.toContain('deliveries')
  })

  test('an account has so many listeners and no more; one that has expired makes room', async () => {
    const { id: accountId } = await world.account()
    const { id, connection, ...row } = await listener(accountId)
    const { connection: _, ...second } = await listener(accountId)
    expect(await world.store.listListeners(accountId)).toMatchObject([{ id }, { id: second.id }])
    const inserts = [1, 2, 3].map(() => world.store.insertListener({ ...row, id: newId() }, 3))
    expect((await Promise.all(inserts)).filter(Boolean)).toHaveLength(1)
    const later = { ...row, id: newId(), createdAt: row.expiresAt + 1, expiresAt: row.expiresAt + MINUTE_MS }
    expect(await world.store.insertListener(later, 3)).toBe(true)
  })

  test('another account has nothing to do with it', async () => {
    const { id: accountId } = await world.account()
    const { id: otherId } = await world.account()
    const processId = await world.process()
    const heard = await listener(accountId)
    await world.endedJob(otherId, processId)
    expect(await deliveriesOf(otherId, heard.id)).toEqual([])
    await world.endedJob(accountId, processId)
    const [delivery] = await claim(heard, processId)
    expect(await world.store.findListener(otherId, heard.id)).toBeNull()
    expect(await connect({ id: heard.id, accountId: otherId }, newId())).toBe(false)
    expect(await world.store.removeListener(otherId, heard.id, NOON)).toBe(false)
    expect(await world.store.findListenerDelivery(otherId, heard.id, delivery?.id ?? '')).toBeNull()
    expect(await world.store.listListeners(otherId)).toEqual([])
  })
}
