import type { Clock } from '../lib/clock.ts'
import type { ProcessRow } from '../store/processes.ts'

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
 */
export class HeartbeatWatch {
  readonly #options: { readonly clock: Clock; readonly leaseMs: number; readonly heartbeatMs: number }
  #seen = new Map<string, { readonly expiresAt: number; readonly sinceMs: number }>()
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
    for (const { id, expiresAt } of rows) {
      const known = before.get(id)
      const sinceMs = sawAll && known?.expiresAt === expiresAt ? known.sinceMs : nowMs
      this.#seen.set(id, { expiresAt, sinceMs })
      const silentMs = nowMs - sinceMs
      const isLate = isFirst || silentMs >= latestMs
      if (silentMs > leaseMs || (isLate && expiresAt < now)) stopped.add(id)
    }
    return stopped
  }
}
