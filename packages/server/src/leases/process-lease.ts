import type { CancelTimer, Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Lease } from '../lib/lease.ts'
import type { Log } from '../lib/log.ts'
import type { ClockStore } from '../store/clock.ts'
import type { ProcessRow, ProcessStore } from '../store/processes.ts'
import { createClockWatch } from './clock-watch.ts'
import { HeartbeatWatch } from './heartbeat-watch.ts'
import { currentHost, isPidAlive } from './host.ts'

/** How long leases live without a heartbeat: what a crash elsewhere delays, and how long a stall may be. */
const LEASE_MS = 15_000

/** Three heartbeats can be missed before leases end. */
const HEARTBEAT_MS = 4_000

/** Ids of all leases that live in this operating system process: several apps can, in tests. */
const livingHere = new Set<string>()

/** The id that work is leased to changes when the lease was lost, or renounced. */
export interface ProcessLease extends Lease {
  /**
   * Says that the store may have leased something to this id that nobody was told of: the answer was lost. The process
   * goes on under a new id; the old one is released when nothing that is known to be leased to it is held any more, and
   * with it what is not known.
   */
  renounce(processId: string): void
  /** Gives back everything that is still leased, then ends. */
  release(): Promise<void>
}

/**
 * Enters this process into the database, renews its leases with a heartbeat, and releases what dead processes had
 * leased: at once when they died on this machine (their pid is gone), else when their leases have ended. When the
 * machine's clock is set back, or was while no process ran, what waits is planned again (`store/clock.ts`).
 *
 * A process that was too slow and was released by another goes on under a new id; what it had under way is written by
 * nobody twice, because every write asks who holds the lease.
 */
export async function takeProcessLease({
  store,
  clock,
  log,
}: {
  store: ProcessStore & ClockStore
  clock: Clock
  log: Log
}): Promise<ProcessLease> {
  const host = currentHost()
  const heartbeats = new HeartbeatWatch({ clock, leaseMs: LEASE_MS, heartbeatMs: HEARTBEAT_MS })
  const setBackMs = createClockWatch(clock)
  const holds = new Map<string, number>()
  /** Ids of before that are renewed until nothing holds them. */
  const retiring = new Set<string>()
  let processId = ''
  let renounced = false
  /** By how much the clock was set back since all was planned anew. */
  let setBackByMs = 0
  let released = false
  let cancelTimer: CancelTimer = () => {}
  let beating: Promise<void> = Promise.resolve()

  async function enter(): Promise<void> {
    const startedAt = clock.now()
    const id = newId()
    // Before the row can be seen: another lease of this operating system process would take it for a dead one's.
    livingHere.add(id)
    await store.insertProcess({ id, host, pid: process.pid, startedAt, expiresAt: startedAt + LEASE_MS })
    processId = id
  }

  function isDeadHere(row: ProcessRow): boolean {
    if (row.host !== host) return false
    return row.pid === process.pid ? !livingHere.has(row.id) : !isPidAlive(row.pid)
  }

  async function releaseDead(): Promise<void> {
    const rows = await store.listProcesses()
    const stopped = heartbeats.look(rows)
    for (const row of rows) {
      if (row.id === processId || retiring.has(row.id)) continue
      const deadHere = isDeadHere(row)
      if (!deadHere && !stopped.has(row.id)) continue
      // Unless it has renewed its leases since we looked.
      const fence = deadHere ? {} : { expiredBefore: row.expiresAt + 1 }
      const work = await store.releaseProcess(row.id, clock.now(), fence)
      if (work) log.warn({ processId: row.id, pid: row.pid, ...work }, 'released the work of a process that ended')
    }
  }

  async function renewCurrent(): Promise<void> {
    const isEntered = await store.renewProcess(processId, clock.now() + LEASE_MS)
    if (released || (isEntered && !renounced)) return
    const oldId = processId
    if (isEntered) retiring.add(oldId)
    else log.error({ processId: oldId }, 'this process was taken for dead and goes on under a new id')
    await enter()
    renounced = false
    if (!isEntered) livingHere.delete(oldId)
  }

  async function retire(): Promise<void> {
    for (const id of retiring) {
      const isEntered = await store.renewProcess(id, clock.now() + LEASE_MS)
      if (isEntered && holds.has(id)) continue
      const work = isEntered ? await store.releaseProcess(id, clock.now()) : null
      if (work && work.jobs + work.deliveries > 0) {
        log.warn({ processId: id, ...work }, 'released work that was leased by an answer that was lost')
      }
      retiring.delete(id)
      livingHere.delete(id)
    }
  }

  async function replan(byMs: number): Promise<void> {
    const replanned = await store.replan(clock.now())
    if (byMs === 0 && Object.values(replanned).every((count) => count === 0)) return
    log.warn({ setBackByMs: byMs, ...replanned }, 'the clock was set back: what waits was planned again')
  }

  /** Again with the next heartbeat when it fails: what lies hours ahead would wait for hours. */
  async function replanIfSetBack(): Promise<void> {
    setBackByMs += setBackMs()
    if (setBackByMs === 0) return
    await replan(setBackByMs)
    setBackByMs = 0
  }

  async function beat(): Promise<void> {
    try {
      await renewCurrent()
      await replanIfSetBack()
      await retire()
      await releaseDead()
    } catch (error) {
      log.error({ err: error }, 'heartbeat failed')
    }
    if (!released) beatLater()
  }

  function beatLater(): void {
    cancelTimer = clock.after(HEARTBEAT_MS, () => {
      beating = beat()
    })
  }

  await enter()
  await releaseDead()
  await replan(0)
  beatLater()

  return {
    get processId() {
      return processId
    },
    hold(id) {
      holds.set(id, (holds.get(id) ?? 0) + 1)
    },
    letGo(id) {
      const left = (holds.get(id) ?? 0) - 1
      if (left > 0) holds.set(id, left)
      else holds.delete(id)
    },
    renounce(id) {
      if (id === processId) renounced = true
    },
    async release() {
      released = true
      cancelTimer()
      // It may be entering under a new id just now, which is then the one to release.
      await beating
      for (const id of [...retiring, processId]) {
        livingHere.delete(id)
        await store.releaseProcess(id, clock.now())
      }
    },
  }
}
