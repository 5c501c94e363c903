import { WORKER_LEASE_SECONDS_MAX } from '@ringback/contract'
import type { Clock } from '../lib/clock.ts'
import type { ProcessRow } from '../store/processes.ts'

/** The longest lease that a worker can ask for. */
const WORKER_LEASE_MS_MAX = WORKER_LEASE_SECONDS_MAX * 1_000

/** A heartbeat that is this late is looked at by the clock. */
const BEATS_MISSED = 2

/**
 * Tells the processes whose heart has stopped. Their rows say until when their leases last, but by their own clocks:
 * those of two machines differ, and one that is set by hours would make the living look dead or the dead alive. So a
 * process lives as long as its row changes, as this process saw it in durations of its own.
 *
 * By the time in the row it is dead only when two heartbeats are missing too; or at the first look, when nothing has
 * been seen yet: leases that ended long before we started are not waited for. Whoever has not looked for long (it was
 * stopped, or the database was away, for the others too) knows nothing of that time, and watches anew.
 *
 * The lease of a worker has a length of its own, and heartbeats as rare as that: it lives for as long as was left of it
 * when its row was seen.
 */
export class HeartbeatWatch {
  readonly #options: { readonly clock: Clock; readonly leaseMs: number; readonly heartbeatMs: number }
  #seen = new Map<string, { readonly expiresAt: number; readonly sinceMs: number; readonly leftMs: number }>()
  /** Null: not yet. */
  #lookedAtMs: number | null = null

  constructor(options: { clock: Clock; leaseMs: number; heartbeatMs: number }) {
    this.#options = options
  }

  /** Looks at all rows there are, and gives the ids of those that are dead. */
  look(rows: readonly ProcessRow[]): Set<string> {
    const { clock, leaseMs, heartbeatMs } = this.#options
    const [now, nowMs] = [clock.now(), clock.monotonicMs()]
    const latestMs = BEATS_MISSED * heartbeatMs
    const isFirst = this.#lookedAtMs === null
    const sawAll = this.#lookedAtMs !== null && nowMs - this.#lookedAtMs < latestMs
    const before = this.#seen
    this.#seen = new Map()
    this.#lookedAtMs = nowMs
    const stopped = new Set<string>()
    for (const { id, pid, expiresAt } of rows) {
      const known = before.get(id)
      const isSame = sawAll && known?.expiresAt === expiresAt
      const { sinceMs, leftMs } = isSame ? known : { sinceMs: nowMs, leftMs: leftOf(expiresAt - now) }
      this.#seen.set(id, { expiresAt, sinceMs, leftMs })
      const silentMs = nowMs - sinceMs
      if (pid === 0) {
        if (silentMs > leftMs || (isFirst && expiresAt < now)) stopped.add(id)
        continue
      }
      const isLate = isFirst || silentMs >= latestMs
      if (silentMs > leaseMs || (isLate && expiresAt < now)) stopped.add(id)
    }
    return stopped
  }
}

/** No lease of a worker lasts longer than it can be asked for, whatever the clock was when it was written. */
function leftOf(ms: number): number {
  return Math.min(Math.max(ms, 0), WORKER_LEASE_MS_MAX)
}
