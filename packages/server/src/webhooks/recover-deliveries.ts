import { RECOVERED_MAX } from '@ringback/contract'
import type { DeliveryStore, RecoverFilter, RecoverPlace } from '../store/deliveries.ts'

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
 * call. Each delivery once: those that fail again meanwhile are for the next call.
 */
export async function recoverAll(
  store: Pick<DeliveryStore, 'countRecoverable' | 'recoverDeliveries'>,
  filter: RecoverFilter,
  { now, most = RECOVERED_MAX }: { readonly now: number; readonly most?: number },
): Promise<Recovered> {
  const { recoverable, skipped } = await store.countRecoverable(filter)
  const goal = Math.min(recoverable, most)
  let recovered = 0
  let after: RecoverPlace | null = null
  while (recovered < goal) {
    const batch: Awaited<ReturnType<typeof store.recoverDeliveries>> = await store.recoverDeliveries(filter, {
      limit: Math.min(BATCH, goal - recovered),
      now,
      after,
    })
    recovered += batch.recovered
    after = batch.last
    if (after === null) break
  }
  return { recovered, skipped, more: recovered === goal && recoverable > goal }
}
