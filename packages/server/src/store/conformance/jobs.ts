import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import { heardWork } from './heard-work.ts'
import { NOON, type OpenStore, useWorld } from './world.ts'

export function describeJobs(open: OpenStore): void {
  const world = useWorld(open)

  test('a new job is due at once and is found by its account only', async () => {
    const [account, other] = await Promise.all([world.account(), world.account()])
    const change = { type: 'content_translate', input: '{"content":"x"}', jobWebhookUrl: 'https://job.example/' }
    const id = await world.job(account.id, change)
    expect(await world.store.findJob(account.id, id)).toEqual({
      id,
      accountId: account.id,
      ...change,
      status: 'new',
      result: null,
      error: null,
      attempts: 0,
      createdAt: NOON,
      startedAt: null,
      finishedAt: null,
      lane: 'offline',
      dueAt: NOON,
      cancelRequestedAt: null,
      laneState: 'healthy',
      lanePausedUntil: null,
      payloadRemovedAt: null,
      payloadRetentionMs: null,
    })
    expect(await world.store.nextJobDueAt()).toBe(NOON)
    expect(await world.store.findJob(other.id, id)).toBeNull()
    expect(await world.store.findJob(account.id, newId())).toBeNull()
  })

  test('a job that is inserted with a lease is started and nobody else can claim it', async () => {
    const account = await world.account()
    const processId = await world.process()
    const id = await world.job(account.id, { leasedBy: processId })
    expect(await world.store.findJob(account.id, id)).toMatchObject({ status: 'pending', attempts: 1, startedAt: NOON })
    expect(await world.store.nextJobDueAt()).toBeNull()
    expect(await world.store.claimJobs({ processId: await world.process(), limit: 10, now: NOON })).toEqual([])
    expect(await world.finish(id, processId)).toMatchObject({ finished: true })
  })

  test('a claimed job is pending, its start is counted, and it can be finished', async () => {
    const account = await world.account()
    const id = await world.job(account.id)
    const processId = await world.process()
    expect(await world.store.claimJobs({ processId, limit: 10, now: NOON + 3 })).toEqual([
      {
        id,
        accountId: account.id,
        type: 'content_detect_phones',
        input: '{}',
        jobWebhookUrl: null,
        attempts: 1,
        run: 1,
        interruptions: 0,
        lane: 'offline',
        probe: false,
        isCancelled: false,
        createdAt: NOON,
      },
    ])
    expect(await world.store.findJob(account.id, id)).toMatchObject({ status: 'pending', startedAt: NOON + 3 })
    expect(await world.finish(id, processId)).toMatchObject({ finished: true })
  })

  test('the longest due are claimed first, and never more than asked for', async () => {
    const { id: accountId } = await world.account()
    const [third, first, second] = [
      await world.job(accountId, { createdAt: NOON + 3 }),
      await world.job(accountId, { createdAt: NOON + 1 }),
      await world.job(accountId, { createdAt: NOON + 2 }),
    ]
    const processId = await world.process()
    const claim = async (limit: number) =>
      (await world.store.claimJobs({ processId, limit, now: NOON + 9 })).map(({ id }) => id)
    expect(await claim(2)).toEqual([first, second])
    expect(await claim(2)).toEqual([third])
    expect(await claim(2)).toEqual([])
  })

  test('what is not due yet is not claimed, and the next due time is known', async () => {
    const { id: accountId } = await world.account()
    await world.job(accountId, { createdAt: NOON + 200 })
    await world.job(accountId, { createdAt: NOON + 100 })
    expect(await world.store.nextJobDueAt()).toBe(NOON + 100)
    const processId = await world.process()
    expect(await world.store.claimJobs({ processId, limit: 10, now: NOON + 99 })).toEqual([])
    expect(await world.store.claimJobs({ processId, limit: 10, now: NOON + 100 })).toHaveLength(1)
    expect(await world.store.nextJobDueAt()).toBe(NOON + 200)
  })

  test('concurrent claimers share the jobs and never get the same one', async () => {
    const { id: accountId } = await world.account()
    const ids = await Promise.all(Array.from({ length: 200 }, () => world.job(accountId)))
    const claimed: string[] = []
    const claimAll = async () => {
      const processId = await world.process()
      for (;;) {
        const jobs = await world.store.claimJobs({ processId, limit: 7, now: NOON })
        if (jobs.length === 0) return
        claimed.push(...jobs.map(({ id }) => id))
      }
    }
    await Promise.all(Array.from({ length: 8 }, claimAll))
    expect(claimed.sort()).toEqual(ids.sort())
  })

  test('a rescheduled job runs again at its time; a start that is given back is not counted', async () => {
    const account = await world.account()
    const processId = await world.process()
    const id = await world.job(account.id, { leasedBy: processId })
    const job = { id, leasedBy: processId }
    expect(await world.store.rescheduleJob({ ...job, run: 1, runAt: NOON + 60, spendAttempt: true })).toBe(true)
    expect(await world.store.nextJobDueAt()).toBe(NOON + 60)
    expect(await world.store.claimJobs({ processId, limit: 1, now: NOON + 60 })).toMatchObject([{ id, attempts: 2 }])
    // The first call once more, as after an answer that was lost.
    expect(await world.store.rescheduleJob({ ...job, run: 1, runAt: NOON + 60, spendAttempt: true })).toBe(false)
    expect(await world.store.rescheduleJob({ ...job, run: 2, runAt: NOON + 70, spendAttempt: false })).toBe(true)
    expect(await world.store.findJob(account.id, id)).toMatchObject({ attempts: 1, startedAt: NOON })
    // Attempts are given back, numbers of runs are not: the repeated call does not touch the next run.
    expect(await world.store.claimJobs({ processId, limit: 1, now: NOON + 70 })).toMatchObject([
      { attempts: 2, run: 3 },
    ])
    expect(await world.store.rescheduleJob({ ...job, run: 2, runAt: NOON + 70, spendAttempt: false })).toBe(false)
  })

  test('a process that lost its lease cannot reschedule', async () => {
    const account = await world.account()
    const [processId, otherId] = await Promise.all([world.process(), world.process()])
    const id = await world.job(account.id, { leasedBy: processId })
    const before = await world.store.findJob(account.id, id)
    expect(await world.store.rescheduleJob({ id, leasedBy: otherId, run: 1, runAt: NOON, spendAttempt: false })).toBe(
      false,
    )
    expect(await world.store.nextJobDueAt()).toBeNull()
    expect(await world.store.findJob(account.id, id)).toEqual(before)
  })

  test('a job that cannot be written fails alone, whatever is written with it', async () => {
    const account = await world.account()
    const good = Array.from({ length: 30 }, () => world.job(account.id))
    const bad = world.job(newId())
    good.push(...Array.from({ length: 30 }, () => world.job(account.id)))
    await expect(bad).rejects.toThrow()
    for (const id of await Promise.all(good)) expect(await world.store.findJob(account.id, id)).not.toBeNull()
  })

  test('whoever waits for work hears of a job that is due', async () => {
    const { id: accountId } = await world.account()
    const heard = heardWork(world.store, 'jobs')
    await world.job(accountId)
    await heard
  })

  test('whoever waits for work hears of a job that was given back', async () => {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    const id = await world.job(accountId, { leasedBy: processId })
    const heard = heardWork(world.store, 'jobs')
    await world.store.rescheduleJob({ id, leasedBy: processId, run: 1, runAt: NOON, spendAttempt: false })
    await heard
  })
}
