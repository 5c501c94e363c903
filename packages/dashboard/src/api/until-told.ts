import type { Delivery } from '@ringback/contract'
import { LIVE_INTERVAL_MS } from './list.ts'

/** An attempt under way takes milliseconds, mostly: its end is looked for so often. */
const SENDING_INTERVAL_MS = 1_000

/** How often to look at deliveries again, in milliseconds; false when all have ended. */
export function untilTold(deliveries: readonly Pick<Delivery, 'status'>[]): number | false {
  const has = (wanted: Delivery['status']) => deliveries.some(({ status }) => status === wanted)
  if (has('sending')) return SENDING_INTERVAL_MS
  return has('waiting') ? LIVE_INTERVAL_MS : false
}
