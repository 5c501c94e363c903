import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import { heardWork } from './heard-work.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

export function describeProcesses(open: OpenStore): void {
  const world = useWorld(open)

  test('a process is listed until it is released', async () => {
    const row = { id: newId(), host: 'machine boot 1', pid: 42, startedAt: NOON, expiresAt: NOON + 15_000 }
    await world.store.insertProcess(row)
    expect(await world.store.listProcesses()).toContainEqual(row)
    expect(await world.store.releaseProcess(row.id, NOON)).toEqual({ jobs: 0, deliveries: 0 })
    expect((await world.store.listProcesses()).map(({ id }) => id)).not.toContain(row.id)
  })

  test('leases are renewed until the process is released', async () => {
    const id = await world.process()
    expect(await world.store.renewProcess(id, NOON + 30_000)).toBe(true)
    const rows = await world.store.listProcesses()
    expect(rows.find((row) => row.id === id)?.expiresAt).toBe(NOON + 30_000)
    await world.store.releaseProcess(id, NOON)
    expect(await world.store.renewProcess(id, NOON + 60_000)).toBe(false)
  })

  test('what a process had leased is due again, with the interrupted attempt on record', async () => {
    const account = await world.account(ENABLED)
    const [deadId, nextId] = await Promise.all([world.process(), world.process()])
    const delivery = await world.delivery(account.id, deadId)
    const jobId = await world.job(account.id, { leasedBy: deadId })

    expect(await world.store.releaseProcess(deadId, NOON + 77)).toEqual({ jobs: 1, deliveries: 1 })

    expect(await world.store.findDelivery(account.id, delivery.id)).toMatchObject({
      status: 'waiting',
      attemptCount: 1,
      nextAttemptAt: NOON + 77,
      lastCause: 'interrupted',
      finishedAt: null,
    })
    expect(await world.store.listAttempts(delivery.id)).toEqual([
      {
        number: 1,
        startedAt: NOON + 77,
        cause: 'interrupted',
        message: expect.stringContaining('stopped'),
        url: ENABLED.url,
        requestHeaders: [],
        responseStatus: null,
        responseHeaders: null,
        responseBody: null,
        responseTruncated: false,
        remoteAddress: null,
        timing: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 0 },
        resend: false,
      },
    ])
    const claim = { processId: nextId, limit: 10, now: NOON + 77 }
    expect(await world.store.claimJobs(claim)).toMatchObject([{ id: jobId, attempts: 1, run: 2, interruptions: 1 }])
    const [again] = await world.store.claimDeliveries(claim)
    expect(again).toMatchObject({ id: delivery.id, body: delivery.body, attemptCount: 1, failureCount: 0 })
  })

  test.each([
    ['https://user:pass@receiver.example/a@b?c=d@e', 'https://***@receiver.example/a@b?c=d@e'],
    ['http://token@receiver.example:8080/', 'http://***@receiver.example:8080/'],
    ['https://receiver.example/a@b', 'https://receiver.example/a@b'],
    ['https://receiver.example/?mail=a@b', 'https://receiver.example/?mail=a@b'],
    ['http://a/@', 'http://a/@'],
  ])('the interrupted attempt to %s is on record without credentials', async (url, recorded) => {
    const account = await world.account({ ...ENABLED, url })
    const processId = await world.process()
    const { id } = await world.delivery(account.id, processId)
    const jobWebhook = await world.endedJob(account.id, processId, { jobWebhookUrl: url })
    await world.store.releaseProcess(processId, NOON + 77)
    for (const deliveryId of [id, jobWebhook.deliveries[0]?.id ?? '']) {
      expect(await world.store.listAttempts(deliveryId)).toMatchObject([{ cause: 'interrupted', url: recorded }])
    }
  })

  test('whoever waits for work hears of what was released', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    await world.delivery(account.id, processId)
    await world.job(account.id, { leasedBy: processId })
    const heard = Promise.all([heardWork(world.store, 'jobs'), heardWork(world.store, 'deliveries')])
    await world.store.releaseProcess(processId, NOON)
    await heard
  })

  test('a delivery whose webhook was switched off meanwhile is discarded, one without a webhook waits', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const delivery = await world.delivery(account.id, processId)
    const jobWebhook = await world.endedJob(account.id, processId, { jobWebhookUrl: 'https://job.example/' })
    await world.store.updateWebhook(account.id, 'default', { enabled: false }, NOON)
    expect(await world.store.releaseProcess(processId, NOON + 8)).toEqual({ jobs: 0, deliveries: 2 })
    expect(await world.store.findDelivery(account.id, delivery.id)).toMatchObject({
      status: 'discarded',
      nextAttemptAt: null,
      finishedAt: NOON + 8,
      attemptCount: 1,
    })
    const [other] = jobWebhook.deliveries
    expect(await world.store.findDelivery(account.id, other?.id ?? '')).toMatchObject({ status: 'waiting' })
    expect(await world.store.listAttempts(other?.id ?? '')).toMatchObject([{ url: 'https://job.example/' }])
  })

  test('work of other processes and work that has ended is not touched', async () => {
    const account = await world.account(ENABLED)
    const [processId, otherId] = await Promise.all([world.process(), world.process()])
    const ended = await world.delivery(account.id, processId)
    await world.record(ended, processId, {})
    const others = await world.delivery(account.id, otherId)
    expect(await world.store.releaseProcess(processId, NOON)).toEqual({ jobs: 0, deliveries: 0 })
    expect(await world.store.findDelivery(account.id, ended.id)).toMatchObject({ status: 'delivered' })
    expect(await world.record(others, otherId, {})).toMatchObject({ recorded: true })
  })

  test('a process that renewed its leases in time is not released', async () => {
    const id = await world.process()
    await world.store.renewProcess(id, NOON + 1_000)
    expect(await world.store.releaseProcess(id, NOON, { expiredBefore: NOON + 1_000 })).toBeNull()
    expect(await world.store.releaseProcess(id, NOON, { expiredBefore: NOON + 1_001 })).not.toBeNull()
  })

  test('of many who release a dead process one does it', async () => {
    const account = await world.account(ENABLED)
    const deadId = await world.process()
    const delivery = await world.delivery(account.id, deadId)
    const released = await Promise.all(Array.from({ length: 10 }, () => world.store.releaseProcess(deadId, NOON)))
    expect(released.filter((work) => work !== null)).toEqual([{ jobs: 0, deliveries: 1 }])
    expect(await world.store.listAttempts(delivery.id)).toHaveLength(1)
  })

  test('a process that was released writes nothing any more', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const delivery = await world.delivery(account.id, processId)
    const jobId = await world.job(account.id, { leasedBy: processId })
    await world.store.releaseProcess(processId, NOON)
    expect(await world.record(delivery, processId, {})).toMatchObject({ recorded: false })
    expect(await world.finish(jobId, processId)).toEqual({ finished: false, deliveries: [] })
    const job = { id: jobId, leasedBy: processId, run: 1, runAt: NOON, spendAttempt: true }
    expect(await world.store.rescheduleJob(job)).toBe(false)
  })

  // It was paused, taken for dead and released, and goes on: what it leased now, nobody would ever release.
  test('a process that was released leases nothing any more, and what it writes is for others', async () => {
    const account = await world.account(ENABLED)
    const [releasedId, nextId] = await Promise.all([world.process(), world.process()])
    await world.endedJob(account.id, nextId, { leaseDeliveriesMax: 0 })
    await world.store.releaseProcess(releasedId, NOON)
    const claim = { limit: 10, now: NOON + 5 }
    const jobId = await world.job(account.id, { leasedBy: releasedId })
    expect(await world.store.findJob(account.id, jobId)).toMatchObject({ status: 'new', attempts: 0, startedAt: null })
    expect(await world.store.claimJobs({ processId: releasedId, ...claim })).toEqual([])
    expect(await world.store.claimDeliveries({ processId: releasedId, ...claim })).toEqual([])
    expect(await world.store.claimJobs({ processId: nextId, ...claim })).toMatchObject([{ id: jobId }])
    expect(await world.store.claimDeliveries({ processId: nextId, ...claim })).toHaveLength(1)
  })

  test('whatever a process leases while it is being released is released with it or not leased', async () => {
    const account = await world.account(ENABLED)
    const releasedId = await world.process()
    const ids = await Promise.all(Array.from({ length: 60 }, () => world.job(account.id, { leasedBy: releasedId })))
    const under = ids.map((id, index) =>
      index === 30 ? world.store.releaseProcess(releasedId, NOON) : world.finish(id, releasedId),
    )
    const more = Array.from({ length: 60 }, () => world.job(account.id, { leasedBy: releasedId }))
    await Promise.all([...under, ...more])
    const listed = await world.store.listDeliveries({ accountId: account.id, limit: 100 })
    expect(listed.filter(({ status }) => status === 'sending')).toEqual([])
    const nextId = await world.process()
    const claimed = await world.store.claimJobs({ processId: nextId, limit: 1_000, now: NOON })
    expect(claimed).toHaveLength(120 - listed.length)
  })
}
