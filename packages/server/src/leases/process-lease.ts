import type { CancelTimer, Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { ProcessRow, ProcessStore } from '../store/processes.ts'
import { currentHost, isPidAlive } from './host.ts'

/** How long leases live without a heartbeat: what a crash elsewhere delays, and how long a stall may be. */
const LEASE_MS = 15_000

/** Three heartbeats can be missed before leases end. */
const HEARTBEAT_MS = 4_000

/** Ids of all leases that live in this operating system process: several apps can, in tests. */
const livingHere = new Set<string>()

export interface ProcessLease {
  /** What jobs and deliveries are leased to. Changes when the lease was lost and taken anew. */
  readonly processId: string
  /** Gives back everything that is still leased, then ends. */
  release(): Promise<void>
}

/**
 * Enters this process into the database, renews its leases with a heartbeat, and releases what dead processes had
 * leased: at once when they died on this machine (their pid is gone), else when their leases have ended.
 *
 * A process that was too slow and was released by another goes on under a new id; what it had under way is written by
 * nobody twice, because every write asks who holds the lease.
 */
export async function takeProcessLease({
  store,
  clock,
  log,
}: {
  store: ProcessStore
  clock: Clock
  log: Log
}): Promise<ProcessLease> {
  const host = currentHost()
  let processId = ''
  let released = false
  let cancelTimer: CancelTimer = () => {}

  async function enter(): Promise<void> {
    const row: ProcessRow = {
      id: newId(),
      host,
      pid: process.pid,
      startedAt: clock.now(),
      expiresAt: clock.now() + LEASE_MS,
    }
    await store.insertProcess(row)
    livingHere.delete(processId)
    livingHere.add(row.id)
    processId = row.id
  }

  function isDeadHere(row: ProcessRow): boolean {
    if (row.host !== host) return false
    return row.pid === process.pid ? !livingHere.has(row.id) : !isPidAlive(row.pid)
  }

  async function releaseDead(): Promise<void> {
    for (const row of await store.listProcesses()) {
      if (row.id === processId) continue
      const now = clock.now()
      const deadHere = isDeadHere(row)
      if (!deadHere && row.expiresAt >= now) continue
      const work = await store.releaseProcess(row.id, now, deadHere ? {} : { expiredBefore: now })
      if (work) log.warn({ processId: row.id, pid: row.pid, ...work }, 'released the work of a process that ended')
    }
  }

  async function beat(): Promise<void> {
    try {
      if (!(await store.renewProcess(processId, clock.now() + LEASE_MS)) && !released) {
        log.error({ processId }, 'this process was taken for dead and goes on under a new id')
        await enter()
      }
      await releaseDead()
    } catch (error) {
      log.error({ err: error }, 'heartbeat failed')
    }
    if (!released) cancelTimer = clock.after(HEARTBEAT_MS, () => void beat())
  }

  await enter()
  await releaseDead()
  cancelTimer = clock.after(HEARTBEAT_MS, () => void beat())

  return {
    get processId() {
      return processId
    },
    async release() {
      released = true
      cancelTimer()
      livingHere.delete(processId)
      await store.releaseProcess(processId, clock.now())
    },
  }
}
