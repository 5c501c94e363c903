import { RECOVERED_MAX } from '@ringback/contract'
import type { DeliveryStore, RecoverFilter } from '../store/deliveries.ts'

/** Deliveries of one write: a few milliseconds in which the database does nothing else. */
const BATCH = 500

export interface Recovered {
  readonly recovered: number
  /** Passed by because their webhook is off. */
  readonly skipped: number
  /** There is more than one call recovers. */
  readonly more: boolean
}

/**
 * Makes everything that a filter finds wait for its first attempt again, in batches, at most `most` in one
 * call. No more than there were at the beginning: deliveries that fail again meanwhile are for the next call.
 */
export async function recoverAll(
  store: Pick<DeliveryStore, 'countRecoverable' | 'recoverDeliveries'>,
  filter: RecoverFilter,
  { now, most = RECOVERED_MAX }: { readonly now: number; readonly most?: number },
): Promise<Recovered> {
  const { recoverable, skipped } = await store.countRecoverable(filter)
  const goal = Math.min(recoverable, most)
  let recovered = 0
  while (recovered < goal) {
    const limit = Math.min(BATCH, goal - recovered)
    const count = await store.recoverDeliveries(filter, { limit, now })
    recovered += count
    if (count < limit) break
  }
  return { recovered, skipped, more: recovered === goal && recoverable > goal }
}
