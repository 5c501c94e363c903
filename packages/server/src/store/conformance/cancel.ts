import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import { heardWork } from './heard-work.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const CANCELLED = { status: 'failed', result: null, error: { code: 'job.cancelled', message: 'Cancelled.' } } as const

export function describeCancel(open: OpenStore): void {
  const world = useWorld(open)

  const cancel = (accountId: string, jobId: string, processId: string, now = NOON + 1) =>
    world.store.cancelJob({ accountId, jobId, processId, now })

  test('a job that waits is taken by whoever cancels it, who ends it with its deliveries', async () => {
    const account = await world.account(ENABLED)
    const jobId = await world.job(account.id)
    const processId = await world.process()
    expect(await cancel(account.id, jobId, processId)).toMatchObject({
      kind: 'taken',
      job: { id: jobId, accountId: account.id, attempts: 0, isCancelled: true },
    })
    expect(await world.store.claimJobs({ processId: await world.process(), limit: 1, now: NOON + 1 })).toEqual([])
    const end = await world.finish(jobId, processId, CANCELLED)
    expect(end).toMatchObject({ finished: true, deliveries: [{ jobId }] })
    expect(await world.store.findJob(account.id, jobId)).toMatchObject({
      status: 'failed',
      error: { code: 'job.cancelled' },
      attempts: 0,
      startedAt: null,
      cancelRequestedAt: NOON + 1,
    })
    expect(await cancel(account.id, jobId, processId)).toEqual({ kind: 'ended' })
  })

  test('when the process dies that had taken it, the job comes back marked, so that nobody runs it', async () => {
    const account = await world.account()
    const jobId = await world.job(account.id)
    const processId = await world.process()
    await cancel(account.id, jobId, processId)
    await world.store.releaseProcess(processId, NOON + 2)
    const next = { processId: await world.process(), limit: 1, now: NOON + 2 }
    expect(await world.store.claimJobs(next)).toMatchObject([{ id: jobId, isCancelled: true, interruptions: 0 }])
  })

  test('a job that runs is marked, and its process hears of it', async () => {
    const account = await world.account()
    const [running, canceller] = [await world.process(), await world.process()]
    const jobId = await world.job(account.id, { leasedBy: running })
    const other = await world.job(account.id, { leasedBy: running })
    expect(await world.store.listCancelled(running)).toEqual([])
    const heard = heardWork(world.store, 'cancelled')
    expect(await cancel(account.id, jobId, canceller)).toEqual({ kind: 'running' })
    await heard
    expect(await world.store.listCancelled(running)).toEqual([jobId])
    expect(await world.store.listCancelled(canceller)).toEqual([])
    // Twice is the same; the first time counts.
    expect(await cancel(account.id, jobId, canceller, NOON + 9)).toEqual({ kind: 'running' })
    expect(await world.store.findJob(account.id, jobId)).toMatchObject({ cancelRequestedAt: NOON + 1 })
    await world.finish(jobId, running, CANCELLED)
    expect(await world.store.listCancelled(running)).toEqual([])
    await world.finish(other, running)
  })

  test('a job that is cancelled while its run goes to wait does not wait, and whoever claims it is told', async () => {
    const account = await world.account()
    const running = await world.process()
    const jobId = await world.job(account.id, { leasedBy: running })
    await cancel(account.id, jobId, await world.process())
    const again = { id: jobId, leasedBy: running, run: 1, runAt: NOON + 3_600_000, spendAttempt: true }
    expect(await world.store.rescheduleJob(again)).toBe(true)
    const claim = { processId: running, limit: 1, now: NOON + 2 }
    expect(await world.store.claimJobs(claim)).toMatchObject([{ id: jobId, isCancelled: true }])
  })

  test('a job that waits for its provider can be cancelled too', async () => {
    const account = await world.account()
    const processId = await world.process()
    const jobId = await world.job(account.id, { leasedBy: processId })
    const again = { id: jobId, leasedBy: processId, run: 1, runAt: NOON + 3_600_000, spendAttempt: true }
    await world.store.rescheduleJob(again)
    expect(await cancel(account.id, jobId, processId)).toMatchObject({ kind: 'taken', job: { attempts: 1 } })
  })

  test('another account’s job and one that never was are unknown, and nothing happens to them', async () => {
    const [account, other] = [await world.account(), await world.account()]
    const processId = await world.process()
    const jobId = await world.job(account.id)
    expect(await cancel(other.id, jobId, processId)).toBeNull()
    expect(await cancel(account.id, newId(), processId)).toBeNull()
    expect(await world.store.findJob(account.id, jobId)).toMatchObject({ status: 'new', cancelRequestedAt: null })
  })

  test('of a cancel and a claim at the same moment one gets the job', async () => {
    const account = await world.account()
    const ids = await Promise.all(Array.from({ length: 30 }, () => world.job(account.id)))
    const [claimer, canceller] = [await world.process(), await world.process()]
    const answers = ids.map((id) => cancel(account.id, id, canceller))
    const claimed = await world.store.claimJobs({ processId: claimer, limit: 100, now: NOON })
    const taken = (await Promise.all(answers)).filter((answer) => answer?.kind === 'taken')
    expect(taken.length + claimed.length).toBe(30)
    expect((await world.store.listCancelled(claimer)).length).toBe(
      claimed.filter(({ isCancelled }) => !isCancelled).length,
    )
  })

  test('jobs that never started are taken when they are too old, the oldest first; others are not', async () => {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    const [young, old, older] = [
      await world.job(accountId, { createdAt: NOON }),
      await world.job(accountId, { createdAt: NOON - 2_000 }),
      await world.job(accountId, { createdAt: NOON - 3_000 }),
    ]
    const waitsAgain = await world.job(accountId, { leasedBy: processId, createdAt: NOON - 9_000 })
    const again = { id: waitsAgain, leasedBy: processId, run: 1, runAt: NOON - 8_000, spendAttempt: true }
    await world.store.rescheduleJob(again)
    const take = { processId, limit: 10, dueBefore: NOON - 1_000 }
    expect(await world.store.takeUnstarted({ ...take, limit: 1 })).toMatchObject([{ id: older, attempts: 0, run: 0 }])
    expect(await world.store.takeUnstarted(take)).toMatchObject([{ id: old }])
    expect(await world.store.takeUnstarted(take)).toEqual([])
    expect(await world.finish(old, processId, CANCELLED)).toMatchObject({ finished: true })
    expect(await world.store.findJob(accountId, young)).toMatchObject({ status: 'new', dueAt: NOON })
    expect(await world.store.findJob(accountId, waitsAgain)).toMatchObject({ status: 'pending' })
  })
}
