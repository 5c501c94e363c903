import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createStandingClock, type StandingClock } from '../../test/harness/standing-clock.ts'
import { endOf } from '../../test/harness/test-store.ts'
import { until } from '../../test/harness/until.ts'
import { newId } from '../lib/ids.ts'
import { createLog, type Log } from '../lib/log.ts'
import { StoreUnavailableError } from '../store/errors.ts'
import type { ProcessRow } from '../store/processes.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import type { Store } from '../store/store.ts'
import { currentHost } from './host.ts'
import { type ProcessLease, takeProcessLease } from './process-lease.ts'

/** The figures of process-lease.ts that others may rely on. */
const LEASE_MS = 15_000
const HEARTBEAT_MS = 4_000

let clock: StandingClock
let store: Store
let log: Log
let logLines: Record<string, unknown>[]
let leases: ProcessLease[]
let account: { id: string }
let child: ChildProcess | null

beforeEach(async () => {
  clock = createStandingClock()
  store = await openSqliteStore({ file: ':memory:', clock })
  logLines = []
  log = createLog('debug', { write: (line) => logLines.push(JSON.parse(line)) })
  leases = []
  child = null
  account = await store.ensureAccount({ id: newId(), name: 'default', webhookId: newId(), createdAt: clock.now() })
  const change = { enabled: true, url: 'https://receiver.example/hook', sealedSecret: 'sealed' }
  await store.updateWebhook(account.id, 'default', change, clock.now())
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await Promise.all(leases.map((lease) => lease.release()))
  await store.close()
})

async function take(): Promise<ProcessLease> {
  const lease = await takeProcessLease({ store, clock, log })
  leases.push(lease)
  return lease
}

/** A process that is entered and does nothing: as if it had been killed, or stalled. */
async function enter(change: Partial<ProcessRow> = {}): Promise<ProcessRow> {
  const times = { startedAt: clock.now(), expiresAt: clock.now() + LEASE_MS }
  const row = { id: newId(), host: 'elsewhere', pid: 1, ...times, ...change }
  await store.insertProcess(row)
  return row
}

async function listed(): Promise<string[]> {
  return (await store.listProcesses()).map(({ id }) => id)
}

/** Leases a job and a delivery to a process, and gives their ids. */
async function leaseWork(leasedBy: string): Promise<{ jobId: string; deliveryId: string }> {
  const job = {
    accountId: account.id,
    type: 'test',
    input: '{}',
    jobWebhookUrl: null,
    createdAt: clock.now(),
    leasedBy,
  }
  const [jobId, endedId] = [newId(), newId()]
  await store.insertJob({ ...job, id: jobId })
  await store.insertJob({ ...job, id: endedId })
  const { deliveries } = await finish(endedId, leasedBy)
  return { jobId, deliveryId: deliveries[0]?.id ?? '' }
}

function finish(jobId: string, leasedBy: string) {
  return store.finishJob(endOf({ id: jobId, leasedBy, finishedAt: clock.now(), leaseDeliveriesMax: 1 }))
}

async function isReleased({ jobId, deliveryId }: { jobId: string; deliveryId: string }): Promise<boolean> {
  const delivery = await store.findDelivery(account.id, deliveryId)
  const dueAt = await store.nextJobDueAt()
  expect((await store.findJob(account.id, jobId))?.status).toBe('pending')
  return delivery?.status === 'waiting' && dueAt !== null
}

/** One heartbeat of every lease that lives, and what follows from it; late when more time is to pass. */
async function beat(afterMs = HEARTBEAT_MS): Promise<void> {
  const before = clock.timerCount
  clock.move(afterMs)
  await until('the heartbeat is over', () => (clock.timerCount === before ? true : null))
}

describe('heartbeats', () => {
  test('keep the leases of a process that lives, however long', async () => {
    const lease = await take()
    const work = await leaseWork(lease.processId)
    for (let count = 0; count < 10; count++) await beat()
    expect(await listed()).toEqual([lease.processId])
    expect((await store.listProcesses())[0]?.expiresAt).toBe(clock.now() + LEASE_MS)
    expect(await isReleased(work)).toBe(false)
  })

  test('go on after the database was away', async () => {
    let away = false
    const shaky = {
      insertProcess: store.insertProcess,
      releaseProcess: store.releaseProcess,
      replan: store.replan,
      listProcesses: store.listProcesses,
      renewProcess: (processId: string, expiresAt: number) =>
        away ? Promise.reject(new StoreUnavailableError('away')) : store.renewProcess(processId, expiresAt),
    }
    const lease = await takeProcessLease({ store: shaky, clock, log })
    leases.push(lease)
    const { processId } = lease
    away = true
    await beat()
    await beat()
    expect(logLines.filter(({ msg }) => msg === 'heartbeat failed')).toHaveLength(2)
    away = false
    await beat()
    expect(lease.processId).toBe(processId)
    expect((await store.listProcesses())[0]?.expiresAt).toBe(clock.now() + LEASE_MS)
  })
})

describe('a process that died elsewhere', () => {
  test('has its work released when its leases have ended, not before', async () => {
    const dead = await enter()
    const work = await leaseWork(dead.id)
    await take()
    for (let ms = 0; ms + HEARTBEAT_MS <= LEASE_MS; ms += HEARTBEAT_MS) {
      expect(await isReleased(work)).toBe(false)
      await beat()
    }
    expect(clock.now()).toBeLessThanOrEqual(dead.expiresAt)
    expect(await isReleased(work)).toBe(false)
    await beat()
    expect(await isReleased(work)).toBe(true)
    expect(await listed()).not.toContain(dead.id)
    expect(logLines).toContainEqual(
      expect.objectContaining({ level: 'warn', processId: dead.id, jobs: 1, deliveries: 1 }),
    )
  })

  test('whose leases ended long ago has its work released with the start of the next process', async () => {
    const dead = await enter()
    const work = await leaseWork(dead.id)
    clock.move(LEASE_MS + 1)
    await take()
    expect(await isReleased(work)).toBe(true)
  })

  test('is left alone while it renews its leases', async () => {
    const other = await enter()
    await take()
    for (let count = 0; count < 8; count++) {
      await store.renewProcess(other.id, clock.now() + LEASE_MS)
      await beat()
    }
    expect(await listed()).toContain(other.id)
  })
})

describe('a process on this machine', () => {
  async function spawnSleeper(): Promise<number> {
    child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    await once(child, 'spawn')
    return child.pid ?? 0
  }

  test('that died is released at once: its pid is gone', async () => {
    const pid = await spawnSleeper()
    const dead = await enter({ host: currentHost(), pid })
    const work = await leaseWork(dead.id)
    child?.kill('SIGKILL')
    if (child) await once(child, 'exit')
    await take()
    expect(await isReleased(work)).toBe(true)
    expect(await listed()).not.toContain(dead.id)
  })

  test('that dies later is released with the next heartbeat', async () => {
    const pid = await spawnSleeper()
    const dead = await enter({ host: currentHost(), pid })
    const work = await leaseWork(dead.id)
    await take()
    expect(await isReleased(work)).toBe(false)
    child?.kill('SIGKILL')
    if (child) await once(child, 'exit')
    await beat()
    expect(await isReleased(work)).toBe(true)
  })

  test('that lives and stalls is released when its leases have ended', async () => {
    const stalled = await enter({ host: currentHost(), pid: await spawnSleeper() })
    const work = await leaseWork(stalled.id)
    await take()
    for (let count = 0; count < 3; count++) await beat()
    expect(await isReleased(work)).toBe(false)
    await beat()
    expect(await isReleased(work)).toBe(true)
  })

  test('that had our own pid before us is dead: containers give the same pid at each start', async () => {
    const before = await enter({ host: currentHost(), pid: process.pid })
    const work = await leaseWork(before.id)
    await take()
    expect(await isReleased(work)).toBe(true)
  })

  test('with our pid on another machine is somebody else', async () => {
    const other = await enter({ host: 'elsewhere', pid: process.pid })
    await take()
    expect(await listed()).toContain(other.id)
  })

  test('that is just starting is not taken for dead by another lease of the same process', async () => {
    const entered = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    // The row can be seen before its owner hears that it was written.
    const slow = {
      ...store,
      async insertProcess(row: ProcessRow) {
        await store.insertProcess(row)
        entered.resolve()
        await gate.promise
      },
    }
    const starting = takeProcessLease({ store: slow, clock, log })
    await entered.promise
    await take()
    gate.resolve()
    const lease = await starting
    leases.push(lease)
    expect(await listed()).toContain(lease.processId)
  })

  test('of which many start at the same time take nobody for dead', async () => {
    const taken = await Promise.all(Array.from({ length: 20 }, take))
    await beat()
    expect((await listed()).toSorted()).toEqual(taken.map(({ processId }) => processId).toSorted())
    expect(logLines).toEqual([])
  })
})

describe('a clock that is set', () => {
  const HOURS_MS = 5 * 3_600_000

  test('ahead makes nobody look dead who lives', async () => {
    const other = await enter()
    await take()
    await beat()
    clock.set(clock.now() + HOURS_MS)
    for (let count = 0; count < 8; count++) {
      // By its own clock, which is right.
      await store.renewProcess(other.id, clock.now() - HOURS_MS + LEASE_MS)
      await beat()
      expect(await listed()).toContain(other.id)
    }
  })

  test('back makes nobody look alive who is dead', async () => {
    const dead = await enter()
    const work = await leaseWork(dead.id)
    await take()
    clock.set(clock.now() - HOURS_MS)
    for (let ms = 0; ms + HEARTBEAT_MS <= LEASE_MS; ms += HEARTBEAT_MS) await beat()
    expect(await listed()).toContain(dead.id)
    await beat()
    expect(await listed()).not.toContain(dead.id)
    const { status, nextAttemptAt } = (await store.findDelivery(account.id, work.deliveryId)) ?? {}
    expect(status).toBe('waiting')
    expect(nextAttemptAt).toBeLessThanOrEqual(clock.now())
  })

  test.each([HOURS_MS, -HOURS_MS])('by %i ms leaves our own leases alone', async (byMs) => {
    const lease = await take()
    const work = await leaseWork(lease.processId)
    clock.set(clock.now() + byMs)
    for (let count = 0; count < 6; count++) await beat()
    expect(await listed()).toEqual([lease.processId])
    expect(await isReleased(work)).toBe(false)
  })

  test('back plans again what waits, once, and says so', async () => {
    await take()
    const nobody = await enter({ host: currentHost(), pid: process.ppid })
    const work = await leaseWork(nobody.id)
    await store.releaseProcess(nobody.id, clock.now())
    clock.set(clock.now() - HOURS_MS)
    await beat()
    await beat()
    expect(await store.nextJobDueAt()).toBeLessThanOrEqual(clock.now())
    expect((await store.findDelivery(account.id, work.deliveryId))?.nextAttemptAt).toBeLessThanOrEqual(clock.now())
    const lines = logLines.filter(({ msg }) => String(msg).startsWith('the clock was set back'))
    expect(lines).toMatchObject([{ level: 'warn', setBackByMs: HOURS_MS, jobs: 1, deliveries: 1 }])
  })

  test('back while the database was away plans again when it is there, and keeps the leases meanwhile', async () => {
    let away = false
    const { insertProcess, releaseProcess, listProcesses, renewProcess } = store
    const replan = (now: number) => (away ? Promise.reject(new StoreUnavailableError('away')) : store.replan(now))
    const shaky = { insertProcess, releaseProcess, listProcesses, renewProcess, replan }
    const lease = await takeProcessLease({ store: shaky, clock, log })
    leases.push(lease)
    const nobody = await enter({ host: currentHost(), pid: process.ppid })
    const work = await leaseWork(nobody.id)
    await store.releaseProcess(nobody.id, clock.now())
    clock.set(clock.now() - HOURS_MS)
    away = true
    await beat()
    await beat()
    expect((await listProcesses())[0]?.expiresAt).toBe(clock.now() + LEASE_MS)
    expect((await store.findDelivery(account.id, work.deliveryId))?.nextAttemptAt).toBeGreaterThan(clock.now())
    away = false
    await beat()
    expect((await store.findDelivery(account.id, work.deliveryId))?.nextAttemptAt).toBeLessThanOrEqual(clock.now())
    expect(await store.nextJobDueAt()).toBeLessThanOrEqual(clock.now())
  })

  test('back while nothing ran is found at the next start', async () => {
    const before = await take()
    const work = await leaseWork(before.processId)
    await before.release()
    clock.set(clock.now() - HOURS_MS)
    await take()
    expect(await store.nextJobDueAt()).toBe(clock.now())
    expect((await store.findDelivery(account.id, work.deliveryId))?.nextAttemptAt).toBe(clock.now())
    expect(logLines).toContainEqual(expect.objectContaining({ setBackByMs: 0, jobs: 1, deliveries: 1 }))
  })
})

describe('the lease of a worker', () => {
  const enterWorker = (leaseMs: number) => enter({ pid: 0, host: 'worker', expiresAt: clock.now() + leaseMs })

  /** Time passes with every heartbeat of ours in it. */
  async function pass(durationMs: number): Promise<void> {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= HEARTBEAT_MS) await beat(Math.min(leftMs, HEARTBEAT_MS))
  }

  test('lasts as long as it says, however seldom its heartbeat, and is then released', async () => {
    await take()
    const worker = await enterWorker(60_000)
    await pass(56_000)
    expect(await listed()).toContain(worker.id)
    await store.renewProcess(worker.id, clock.now() + 60_000)
    await pass(56_000)
    expect(await listed()).toContain(worker.id)
    await pass(3 * HEARTBEAT_MS)
    expect(await listed()).not.toContain(worker.id)
  })

  test('is not shorter when the clock is set ahead, and not longer when it is set back', async () => {
    await take()
    const [one, two] = [await enterWorker(60_000), await enterWorker(120_000)]
    await beat()
    clock.set(clock.now() + 5 * 3_600_000)
    await pass(40_000)
    expect(await listed()).toEqual(expect.arrayContaining([one.id, two.id]))
    clock.set(clock.now() - 10 * 3_600_000)
    await pass(40_000)
    expect(await listed()).not.toContain(one.id)
    expect(await listed()).toContain(two.id)
  })
})

test('whoever was stopped for long, or had no database, takes nobody for dead who had none either', async () => {
  const other = await enter()
  await take()
  await beat(10 * LEASE_MS)
  expect(await listed()).toContain(other.id)
  for (let ms = 0; ms <= LEASE_MS; ms += HEARTBEAT_MS) await beat()
  expect(await listed()).not.toContain(other.id)
})

describe('a process that was taken for dead', () => {
  test('goes on under a new id, and writes nothing under the old one', async () => {
    const lease = await take()
    const oldId = lease.processId
    const work = await leaseWork(oldId)
    await store.releaseProcess(oldId, clock.now())
    await beat()
    expect(lease.processId).not.toBe(oldId)
    expect(await listed()).toEqual([lease.processId])
    expect(logLines).toContainEqual(expect.objectContaining({ level: 'error', processId: oldId }))

    expect(await finish(work.jobId, oldId)).toEqual({ finished: false, deliveries: [] })
    expect(await isReleased(work)).toBe(true)
    const [job] = await store.claimJobs({ processId: lease.processId, limit: 10, now: clock.now() })
    expect(job?.id).toBe(work.jobId)
    expect((await finish(work.jobId, lease.processId)).finished).toBe(true)
  })

  test('keeps its new leases like the first ones', async () => {
    const lease = await take()
    await store.releaseProcess(lease.processId, clock.now())
    await beat()
    const work = await leaseWork(lease.processId)
    for (let count = 0; count < 6; count++) await beat()
    expect(await isReleased(work)).toBe(false)
  })
})

describe('release', () => {
  test('gives back all that is leased, and ends the heartbeat', async () => {
    const lease = await takeProcessLease({ store, clock, log })
    const work = await leaseWork(lease.processId)
    await lease.release()
    expect(await isReleased(work)).toBe(true)
    expect(await listed()).toEqual([])
    expect(clock.timerCount).toBe(0)
    clock.move(LEASE_MS)
    expect(await listed()).toEqual([])
  })

  test('in the middle of a heartbeat leaves nothing behind, also when that enters anew', async () => {
    const lease = await takeProcessLease({ store, clock, log })
    await store.releaseProcess(lease.processId, clock.now())
    const renewed = Promise.withResolvers<void>()
    const renew = store.renewProcess
    // Between the heartbeat's first step and its second, when it has found out that it was taken for dead.
    const slow = { ...store, renewProcess: (id: string, at: number) => renew(id, at).finally(() => renewed.resolve()) }
    const other = await takeProcessLease({ store: slow, clock, log })
    await store.releaseProcess(other.processId, clock.now())
    clock.move(HEARTBEAT_MS)
    await renewed.promise
    await Promise.all([lease.release(), other.release()])
    expect(await listed()).toEqual([])
    expect(clock.timerCount).toBe(0)
  })
})
