import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StandingClock } from '../../test/harness/standing-clock.ts'
import { endOf, openTestStore } from '../../test/harness/test-store.ts'
import { newId } from '../lib/ids.ts'
import { silentLog } from '../lib/log.ts'
import { StoreUnavailableError } from '../store/errors.ts'
import type { Store } from '../store/store.ts'
import { createJobWaiter, type JobWaiter } from './job-waiter.ts'

let clock: StandingClock
let store: Store
let waiter: JobWaiter
let accountId: string
let processId: string
let jobId: string
/** How often the database was asked for jobs that have ended. */
let looks: number

beforeEach(async () => {
  ;({ clock, store, accountId, processId } = await openTestStore())
  jobId = newId()
  const job = { type: 'test', input: '{}', jobWebhookUrl: null, createdAt: clock.now(), leasedBy: processId }
  await store.insertJob({ id: jobId, accountId, ...job })
  looks = 0
  const watched: Store = {
    ...store,
    findEndedJobs(jobIds) {
      looks++
      return store.findEndedJobs(jobIds)
    },
  }
  waiter = createJobWaiter({ store: watched, clock, log: silentLog })
})
afterEach(() => store.close())

const never = new AbortController().signal
const wait = (signal = never) => waiter.wait({ accountId, jobId, limitMs: 10_000, signal })

/** Ends the job in a process that has this view of the store. */
async function endJob(view: Pick<Store, 'finishJob'>) {
  await view.finishJob(endOf({ id: jobId, leasedBy: processId, result: '[1]', finishedAt: clock.now() }))
}

/** Lets everything that was asked of the store be answered. */
const settle = () => store.ping()

describe('who waits for a job', () => {
  test('is told at once when this process ends it', async () => {
    const waiting = [wait(), wait()]
    await settle()
    await endJob(waiter.watchEnds(store))
    expect(await Promise.all(waiting)).toMatchObject([{ id: jobId, status: 'success', result: '[1]' }, { id: jobId }])
    // One look for each at its beginning, for what had ended before.
    expect(looks).toBe(2)
  })

  test('learns within half a second that it has ended elsewhere', async () => {
    const waiting = wait()
    await settle()
    await endJob(store)
    clock.move(499)
    await settle()
    expect(looks).toBe(1)
    clock.move(1)
    expect(await waiting).toMatchObject({ id: jobId, status: 'success' })
  })

  test('gets a job that has ended before without waiting', async () => {
    await endJob(store)
    expect(await wait()).toMatchObject({ status: 'success' })
  })

  test('gets nothing when the time is over', async () => {
    const waiting = wait()
    clock.move(10_000)
    expect(await waiting).toBeNull()
  })

  test('asks the database twice a second, however many wait, and not at all when nobody does', async () => {
    const waiting = Array.from({ length: 20 }, () => wait())
    await settle()
    looks = 0
    for (let step = 0; step < 8; step++) {
      clock.move(250)
      await settle()
      await settle()
    }
    expect(looks).toBe(4)
    clock.move(10_000)
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => null))
    looks = 0
    clock.move(60_000)
    await settle()
    expect(looks).toBe(0)
    expect(clock.timerCount).toBe(0)
  })

  test('is forgotten with all its timers when nobody is there any more', async () => {
    const gone = new AbortController()
    const waiting = wait(gone.signal)
    gone.abort()
    expect(await waiting).toBeNull()
    clock.move(500)
    await settle()
    expect(clock.timerCount).toBe(0)
    expect(await wait(gone.signal)).toBeNull()
  })

  test('gets nothing when the process ends, and nobody can wait from then on', async () => {
    const waiting = wait()
    waiter.stop()
    expect(await waiting).toBeNull()
    await endJob(store)
    expect(await wait()).toBeNull()
  })

  test('is turned away when a thousand of the account wait already, and nobody of another account is', async () => {
    const waiting = Array.from({ length: 1_000 }, () => wait())
    expect(await wait()).toBeNull()
    const names = { name: 'another', webhookId: newId(), createdAt: clock.now() }
    const { id: otherId } = await store.ensureAccount({ id: newId(), ...names })
    const other = { id: newId(), accountId: otherId, type: 'test', input: '{}', jobWebhookUrl: null }
    await store.insertJob({ ...other, createdAt: clock.now(), leasedBy: processId })
    const others = waiter.wait({ accountId: otherId, jobId: other.id, limitMs: 10_000, signal: never })
    const end = endOf({ id: other.id, leasedBy: processId, result: '[1]', finishedAt: clock.now() })
    await waiter.watchEnds(store).finishJob(end)
    expect((await others)?.status).toBe('success')
    await endJob(waiter.watchEnds(store))
    expect((await Promise.all(waiting)).filter((row) => row === null)).toEqual([])
  })

  test('waits on when the database could not be asked', async () => {
    let away = true
    const view: Store = {
      ...store,
      findEndedJobs: (jobIds) =>
        away ? Promise.reject(new StoreUnavailableError('away')) : store.findEndedJobs(jobIds),
    }
    waiter = createJobWaiter({ store: view, clock, log: silentLog })
    const waiting = wait()
    await endJob(store)
    away = false
    clock.move(500)
    expect(await waiting).toMatchObject({ status: 'success' })
  })

  test('gets nothing, and no error, when the job has ended and cannot be read', async () => {
    const view: Store = { ...store, findJob: () => Promise.reject(new StoreUnavailableError('away')) }
    waiter = createJobWaiter({ store: view, clock, log: silentLog })
    await endJob(store)
    expect(await wait()).toBeNull()
  })
})
