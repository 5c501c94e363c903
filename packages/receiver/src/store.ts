import { type Now, systemNow } from './lib/clock.ts'

/** `claimed`: yours to handle. `running`: somebody handles it now. `done`: it was handled. */
export type Claim = 'claimed' | 'running' | 'done'

/**
 * Remembers deliveries, so that each is handled once although it may come again. Put it on a database that all your
 * processes share; the README shows SQLite, PostgreSQL and Redis. What one of them throws is told to `onError`.
 */
export interface DeliveryStore {
  /**
   * Takes a delivery for its handler, in one step: of several calls at once for one id, one gets `claimed`. After
   * `leaseMs` the claim is over, so that the delivery of a process that died can be taken again.
   */
  claim(deliveryId: string, leaseMs: number): Claim | Promise<Claim>
  /** It was handled. Remember that for `keepMs`. */
  complete(deliveryId: string, keepMs: number): unknown
  /** Its handler failed. Forget it: it may come again. */
  release(deliveryId: string): unknown
}

/** About 15 MB of memory: an id and its entry take some 150 bytes. */
const IDS_MAX = 100_000

/** Unix milliseconds until which a delivery is remembered. */
type Entry = { readonly claim: 'running' | 'done'; readonly untilMs: number }

/**
 * Remembers in this process alone, and the newest 100,000 deliveries unless told otherwise. Enough for one process whose
 * handler bears to see a delivery again after a restart.
 */
export function createMemoryStore({
  idsMax = IDS_MAX,
  now = systemNow,
}: {
  idsMax?: number
  now?: Now
} = {}): DeliveryStore {
  /** The oldest first. */
  const entries = new Map<string, Entry>()

  /** A fresh entry goes to the end; from the front goes what is over, and what is too much. */
  function remember(deliveryId: string, entry: Entry): void {
    entries.delete(deliveryId)
    entries.set(deliveryId, entry)
    for (const [oldest, { untilMs }] of entries) {
      if (untilMs > now() && entries.size <= idsMax) return
      entries.delete(oldest)
    }
  }

  return {
    claim(deliveryId, leaseMs) {
      const entry = entries.get(deliveryId)
      if (entry && entry.untilMs > now()) return entry.claim
      remember(deliveryId, { claim: 'running', untilMs: now() + leaseMs })
      return 'claimed'
    },
    complete(deliveryId, keepMs) {
      remember(deliveryId, { claim: 'done', untilMs: now() + keepMs })
    },
    release(deliveryId) {
      entries.delete(deliveryId)
    },
  }
}
