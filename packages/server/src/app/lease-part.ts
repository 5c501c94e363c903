import { type ProcessLease, takeProcessLease } from '../leases/process-lease.ts'
import { watchLeasing } from '../leases/watched-store.ts'
import type { Clock } from '../lib/clock.ts'
import { messageOf } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import type { Part } from './part.ts'

/** The row of this process, its heartbeat, and what is leased to it. */
export interface LeasePart extends Part {
  readonly lease: ProcessLease
  /** The store for those who lease. */
  readonly leasing: Store
}

export async function takeLease(options: {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}): Promise<LeasePart> {
  const { store, log } = options
  const lease = await takeProcessLease(options)
  return {
    name: 'lease',
    lease,
    leasing: watchLeasing(store, lease),
    async stop() {
      // A database that is away now takes the leases back by itself, 15 s after the last heartbeat.
      await lease
        .release()
        .catch((error) => log.warn({ reason: messageOf(error) }, 'leases were not given back; they will expire'))
    },
  }
}
