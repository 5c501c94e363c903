import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const LATER = NOON + 3_600_000

export function describeMissed(open: OpenStore): void {
  const world = useWorld(open)

  /** An account whose webhook was off while five jobs ended and on for one; another job runs, and one has a job webhook. */
  async function filled() {
    const account = await world.account({ ...ENABLED, enabled: false })
    const processId = await world.process()
    const missed: string[] = []
    for (let count = 0; count < 5; count++) {
      const failed = { status: 'failed', result: null, error: { code: 'job.timeout', message: 'late' } } as const
      const { id } = await world.endedJob(account.id, processId, count === 3 ? failed : {})
      missed.push(id)
    }
    const own = await world.endedJob(account.id, processId, { jobWebhookUrl: 'https://job.example/' })
    await world.job(account.id, { leasedBy: processId })
    await world.store.updateWebhook(account.id, 'default', { enabled: true }, NOON)
    await world.delivery(account.id, processId)
    await world.endedJob((await world.account({ ...ENABLED, enabled: false })).id, processId)
    const filter = {
      accountId: account.id,
      webhookId: account.webhookId,
      since: 0,
      until: LATER,
      besideJobWebhooks: false,
    }
    return { account, processId, missed, own, filter }
  }

  const late = (jobIds: readonly string[]) => jobIds.map((jobId) => ({ id: newId(), jobId, body: `{"id":"${jobId}"}` }))

  test('jobs that ended while a webhook was off are listed, in pages, and nothing else is', async () => {
    const { missed, own, filter } = await filled()
    const all = await world.store.listMissed(filter, { limit: 100, after: null })
    expect(all.last).toBeNull()
    expect(all.missed.map(({ id }) => id).toSorted()).toEqual(missed.toSorted())
    expect(all.missed.map(({ status }) => status).toSorted()).toEqual(['failed', ...Array(4).fill('success')])

    const inPages: string[] = []
    for (let after: (typeof all)['last'] = null; ; ) {
      const page: typeof all = await world.store.listMissed(filter, { limit: 3, after })
      inPages.push(...page.missed.map(({ id }) => id))
      after = page.last
      if (after === null) break
    }
    expect(inPages).toEqual(all.missed.map(({ id }) => id))

    const beside = await world.store.listMissed({ ...filter, besideJobWebhooks: true }, { limit: 100, after: null })
    expect(beside.missed.map(({ id }) => id)).toContain(own.id)
    expect(beside.missed).toHaveLength(6)
    const none = { missed: [], last: null }
    expect(await world.store.listMissed({ ...filter, until: 1 }, { limit: 100, after: null })).toEqual(none)
    expect(await world.store.listMissed({ ...filter, since: LATER - 1 }, { limit: 100, after: null })).toEqual(none)
    const other = await world.account(ENABLED)
    const foreign = { ...filter, accountId: other.id, webhookId: other.webhookId }
    expect(await world.store.listMissed(foreign, { limit: 100, after: null })).toEqual(none)
    expect(
      (await world.store.listMissed({ ...filter, webhookId: newId() }, { limit: 100, after: null })).missed,
    ).toHaveLength(6)
  })

  test('late deliveries wait, are claimed and retried like all others, and are written once for each job', async () => {
    const { account, processId, missed, filter } = await filled()
    const written = await Promise.all(
      Array.from({ length: 4 }, () => world.store.insertLateDeliveries(account.webhookId, late(missed), LATER)),
    )
    expect(written.toSorted()).toEqual([0, 0, 0, 5])
    expect(await world.store.listMissed(filter, { limit: 100, after: null })).toEqual({ missed: [], last: null })
    expect(await world.claim(processId, { now: LATER - 1 })).toEqual([])
    const claimed = await world.claim(processId, { now: LATER })
    expect(claimed.map(({ jobId, body, trigger }) => [jobId, body, trigger]).toSorted()).toEqual(
      missed.map((id) => [id, `{"id":"${id}"}`, 'job']).toSorted(),
    )
    const [first] = claimed
    if (!first) throw new Error('nothing was claimed')
    await world.record(first, processId, { finishedAt: LATER + 1 })
    expect(await world.store.findDelivery(account.id, first.id)).toMatchObject({
      status: 'delivered',
      webhookId: account.webhookId,
      createdAt: LATER,
      jobType: 'content_detect_phones',
    })
  })

  test('none is written to a webhook that is off, or of a job that is not its account’s or has lost its payload', async () => {
    const { account, missed } = await filled()
    const [gone = ''] = missed
    const other = await world.account(ENABLED)
    expect(await world.store.insertLateDeliveries(other.webhookId, late(missed), LATER)).toBe(0)
    await world.store.updateWebhook(account.id, 'default', { enabled: false }, LATER)
    expect(await world.store.insertLateDeliveries(account.webhookId, late(missed), LATER)).toBe(0)
    await world.store.updateWebhook(account.id, 'default', { enabled: true }, LATER)
    await world.store.expungeJob({ accountId: account.id, jobId: gone, now: LATER })
    expect(await world.store.insertLateDeliveries(account.webhookId, late([gone, newId()]), LATER)).toBe(0)
    expect(await world.store.insertLateDeliveries(account.webhookId, [], LATER)).toBe(0)
  })
}
