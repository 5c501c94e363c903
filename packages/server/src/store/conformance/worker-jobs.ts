import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { NewJob } from '../jobs.ts'
import { WORKERS_LANE } from '../lane-health.ts'
import { workerJobsOf } from '../store.ts'
import type { WorkerLeaseRequest } from '../worker-jobs.ts'
import { heardWork } from './heard-work.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const TYPE = 'custom_ocr'
const LEASE_ENDS_AT = NOON + 60_000

export function describeWorkerJobs(open: OpenStore): void {
  const world = useWorld(open)

  const job = (accountId: string, change: Partial<NewJob> = {}) =>
    world.job(accountId, { type: TYPE, lane: WORKERS_LANE, ...change })

  async function lease(accountId: string, change: Partial<WorkerLeaseRequest> = {}) {
    const id = newId()
    const answer = await world.store.leaseWorkerJobs({
      accountId,
      types: [TYPE],
      limit: 10,
      heldMax: 1_000,
      now: NOON,
      lease: { id, host: 'worker test', expiresAt: LEASE_ENDS_AT },
      ...change,
    })
    return { leaseId: id, ids: answer.jobs.map((leased) => leased.id), ...answer }
  }

  const processIds = async () => (await world.store.listProcesses()).map(({ id }) => id)

  test('a job for workers is never claimed by the runner, and is nothing that it must come back for', async () => {
    const { id: accountId } = await world.account()
    const id = await job(accountId)
    expect(await world.store.nextJobDueAt(NOON)).toBeNull()
    expect(await world.store.claimJobs({ processId: await world.process(), limit: 10, now: NOON + 9 })).toEqual([])
    expect(await world.store.findJob(accountId, id)).toMatchObject({ status: 'new', attempts: 0 })
  })

  test('is leased to a worker of its account, started and counted', async () => {
    const [account, other] = [await world.account(), await world.account()]
    const id = await job(account.id, { input: '{"parameters":{}}', jobWebhookUrl: 'https://job.example/' })
    expect((await lease(other.id)).jobs).toEqual([])
    const { leaseId, jobs } = await lease(account.id, { now: NOON + 3 })
    const leased = {
      id,
      accountId: account.id,
      type: TYPE,
      input: '{"parameters":{}}',
      jobWebhookUrl: 'https://job.example/',
      attempts: 1,
      run: 1,
      interruptions: 0,
      isCancelled: false,
      createdAt: NOON,
    }
    expect(jobs).toEqual([leased])
    expect(await world.store.findJob(account.id, id)).toMatchObject({ status: 'pending', startedAt: NOON + 3 })
    expect(await world.store.findWorkerJob(account.id, id)).toEqual({
      ...leased,
      status: 'pending',
      errorCode: null,
      leasedBy: leaseId,
      leasedAt: NOON + 3,
    })
    expect(await world.store.findWorkerJob(other.id, id)).toBeNull()
    expect((await lease(account.id)).jobs).toEqual([])
  })

  test('a job of the runner is not one of the workers', async () => {
    const { id: accountId } = await world.account()
    const id = await world.job(accountId, { type: TYPE })
    expect((await lease(accountId)).jobs).toEqual([])
    expect(await world.store.findWorkerJob(accountId, id)).toBeNull()
  })

  test('only wanted types are leased, the longest due first, never more than asked for', async () => {
    const { id: accountId } = await world.account()
    const third = await job(accountId, { createdAt: NOON - 1 })
    const first = await job(accountId, { createdAt: NOON - 3, type: 'custom_b' })
    const second = await job(accountId, { createdAt: NOON - 2 })
    await job(accountId, { createdAt: NOON - 9, type: 'custom_other' })
    const types = [TYPE, 'custom_b']
    expect((await lease(accountId, { types, limit: 2 })).ids).toEqual([first, second])
    expect((await lease(accountId, { types, limit: 2 })).ids).toEqual([third])
    expect((await lease(accountId, { types, limit: 2 })).ids).toEqual([])
  })

  test('workers that lease at once never get the same job', async () => {
    const { id: accountId } = await world.account()
    const ids = await Promise.all(Array.from({ length: 60 }, () => job(accountId)))
    const leased: string[] = []
    const leaseAll = async () => {
      for (;;) {
        const got = await lease(accountId, { limit: 7 })
        if (got.ids.length === 0 && got.nextDueAt === null) return
        leased.push(...got.ids)
      }
    }
    await Promise.all(Array.from({ length: 6 }, leaseAll))
    expect(leased.sort()).toEqual(ids.sort())
  })

  test('a lease without jobs is not entered; one with jobs is, and is forgotten when they have ended', async () => {
    const { id: accountId } = await world.account()
    const { leaseId: empty } = await lease(accountId)
    const [one, two] = [await job(accountId), await job(accountId)]
    const { leaseId } = await lease(accountId)
    expect(await processIds()).not.toContain(empty)
    expect(await world.finish(one, leaseId, { leaseDeliveriesMax: 0 })).toEqual({ finished: true, deliveries: [] })
    await world.store.endWorkerLease(leaseId)
    expect(await processIds()).toContain(leaseId)
    await world.finish(two, leaseId, { leaseDeliveriesMax: 0 })
    await world.store.endWorkerLease(leaseId)
    expect(await processIds()).not.toContain(leaseId)
  })

  test('the end of a job and its deliveries are one, as for any job', async () => {
    const account = await world.account(ENABLED)
    const id = await job(account.id)
    const { leaseId } = await lease(account.id)
    const heard = heardWork(world.store, 'deliveries')
    await world.finish(id, leaseId, { leaseDeliveriesMax: 0 })
    await heard
    expect(await world.store.listDeliveries({ accountId: account.id, limit: 10 })).toMatchObject([{ jobId: id }])
  })

  test('a lease is renewed for a job that it holds, and never becomes shorter', async () => {
    const { id: accountId } = await world.account()
    const id = await job(accountId)
    const { leaseId } = await lease(accountId)
    const renew = (expiresAt: number, jobId = id) => world.store.renewWorkerLease({ id: leaseId, jobId, expiresAt })
    expect(await renew(LEASE_ENDS_AT + 5)).toBe(LEASE_ENDS_AT + 5)
    expect(await renew(LEASE_ENDS_AT)).toBe(LEASE_ENDS_AT + 5)
    expect(await renew(LEASE_ENDS_AT + 9, newId())).toBeNull()
    await world.finish(id, leaseId)
    expect(await renew(LEASE_ENDS_AT + 9)).toBeNull()
  })

  test('when a lease ends, its jobs are leased again, its workers are told, and what it writes late is not written', async () => {
    const account = await world.account(ENABLED)
    const id = await job(account.id)
    const first = await lease(account.id)
    expect(await world.store.releaseProcess(first.leaseId, NOON, { expiredBefore: LEASE_ENDS_AT })).toBeNull()
    const heard = heardWork(world.store, workerJobsOf(account.id))
    const now = LEASE_ENDS_AT + 1
    expect(await world.store.releaseProcess(first.leaseId, now, { expiredBefore: now })).toMatchObject({ jobs: 1 })
    await heard
    const second = await lease(account.id, { now })
    expect(second.jobs).toMatchObject([{ id, run: 2, attempts: 1, interruptions: 1 }])
    expect(await world.finish(id, first.leaseId)).toEqual({ finished: false, deliveries: [] })
    const retry = { id, leasedBy: first.leaseId, run: 1, runAt: now, spendAttempt: true }
    expect(await world.store.rescheduleJob(retry)).toBe(false)
    expect(await world.store.rescheduleJob({ ...retry, leasedBy: second.leaseId })).toBe(false)
    expect(await world.store.listDeliveries({ accountId: account.id, limit: 10 })).toEqual([])
    expect(await world.finish(id, second.leaseId)).toMatchObject({ finished: true })
  })

  test('a job that is to be tried again is leased at its time, which is known before', async () => {
    const { id: accountId } = await world.account()
    const id = await job(accountId)
    const { leaseId } = await lease(accountId)
    const heard = heardWork(world.store, workerJobsOf(accountId))
    expect(
      await world.store.rescheduleJob({ id, leasedBy: leaseId, run: 1, runAt: NOON + 500, spendAttempt: true }),
    ).toBe(true)
    await heard
    await world.store.endWorkerLease(leaseId)
    expect(await processIds()).not.toContain(leaseId)
    expect(await lease(accountId)).toMatchObject({ jobs: [], nextDueAt: NOON + 500 })
    expect(await lease(accountId, { now: NOON + 500 })).toMatchObject({ jobs: [{ id, attempts: 2 }] })
  })

  test('workers of the account hear of a new job; those of another do not', async () => {
    const [account, other] = [await world.account(), await world.account()]
    const heardByOther: string[] = []
    const end = world.store.onWork((kind) => void (kind === workerJobsOf(other.id) && heardByOther.push(kind)))
    const heard = heardWork(world.store, workerJobsOf(account.id))
    await job(account.id)
    await heard
    end()
    expect(heardByOther).toEqual([])
  })

  test('a job that a worker has is taken from it when it is cancelled: who cancels ends it', async () => {
    const { id: accountId } = await world.account()
    const [held, waiting] = [await job(accountId), await job(accountId, { createdAt: NOON + 1 })]
    const { leaseId } = await lease(accountId, { limit: 1 })
    const processId = await world.process()
    for (const jobId of [held, waiting]) {
      const answer = await world.store.cancelJob({ accountId, jobId, processId, now: NOON })
      expect(answer).toMatchObject({ kind: 'taken', job: { id: jobId, isCancelled: true } })
    }
    expect(await world.finish(held, leaseId)).toEqual({ finished: false, deliveries: [] })
    const error = { code: 'job.cancelled', message: '' } as const
    expect(await world.finish(held, processId, { status: 'failed', result: null, error })).toMatchObject({
      finished: true,
    })
    expect(await world.store.findWorkerJob(accountId, held)).toMatchObject({
      errorCode: 'job.cancelled',
      leasedBy: null,
    })
  })

  test('the lease of a worker ends when the last job that it holds is cancelled', async () => {
    const { id: accountId } = await world.account()
    const jobIds = [await job(accountId), await job(accountId)]
    const { leaseId } = await lease(accountId)
    const processId = await world.process()
    const cancel = (jobId: string) => world.store.cancelJob({ accountId, jobId, processId, now: NOON })
    await cancel(jobIds[0] as string)
    expect(await processIds()).toContain(leaseId)
    await cancel(jobIds[1] as string)
    expect(await processIds()).not.toContain(leaseId)
    await Promise.all(jobIds.map(cancel))
    expect(await processIds()).toContain(processId)
  })

  test('a process that holds no job is never ended like a lease', async () => {
    const processId = await world.process()
    await world.store.endWorkerLease(processId)
    expect(await processIds()).toContain(processId)
  })

  test('workers have no more jobs at once than they may, those of each account alone, however many ask at once', async () => {
    const [account, other] = [await world.account(), await world.account()]
    const ids = await Promise.all(Array.from({ length: 9 }, () => job(account.id)))
    await job(other.id)
    const all = await Promise.all(Array.from({ length: 4 }, () => lease(account.id, { limit: 2, heldMax: 5 })))
    const held = all.flatMap((answer) => answer.ids.map((id) => ({ id, leaseId: answer.leaseId })))
    expect(held).toHaveLength(5)
    expect(await lease(account.id, { heldMax: 5 })).toMatchObject({ jobs: [], isFull: true })
    expect((await lease(other.id, { heldMax: 5 })).jobs).toHaveLength(1)
    for (const { id, leaseId } of held.slice(0, 2)) await world.finish(id, leaseId)
    const more = await lease(account.id, { heldMax: 5 })
    expect(more).toMatchObject({ isFull: false })
    expect(more.jobs).toHaveLength(2)
    expect(new Set([...held.map(({ id }) => id), ...more.ids]).size).toBe(7)
    expect(ids).toEqual(expect.arrayContaining(more.ids))
  })

  test('a cancelled job whose end was not written is leased as cancelled', async () => {
    const { id: accountId } = await world.account()
    const jobId = await job(accountId)
    const processId = await world.process()
    await world.store.cancelJob({ accountId, jobId, processId, now: NOON })
    await world.store.releaseProcess(processId, NOON)
    expect((await lease(accountId)).jobs).toMatchObject([{ id: jobId, isCancelled: true }])
  })

  test('what workers have counts for no cap of the runner', async () => {
    const { id: accountId } = await world.account()
    await Promise.all([job(accountId), job(accountId)])
    expect((await lease(accountId)).jobs).toHaveLength(2)
    const caps = { perAccount: 1, perLane: 1 }
    const processId = await world.process()
    const first = await world.store.insertJob({ ...newJob(accountId), leasedBy: processId, caps })
    expect(first).toEqual({ leased: true })
    await world.job(accountId, { createdAt: NOON })
    const claim = { processId, limit: 10, now: NOON, caps: { ...caps, perAccount: 2 } }
    expect(await world.store.claimJobs(claim)).toHaveLength(1)
  })
}

function newJob(accountId: string): Omit<NewJob, 'leasedBy'> {
  return { id: newId(), accountId, type: 'content_detect_urls', input: '{}', jobWebhookUrl: null, createdAt: NOON }
}
