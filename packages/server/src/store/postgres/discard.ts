import { type Connection, statement } from './database.ts'

/** How a waiting delivery is discarded at `at`; one that had been delivered before stays delivered. */
export function discarded(at: string): string {
  return `status = case when delivered_at is null then 'discarded' else 'delivered' end, next_attempt_at = null,
    finished_at = ${at}, resend = false`
}

const DISCARD_WAITING = statement(
  'discard_waiting',
  `update deliveries set ${discarded('$2')}
   where address_id = $1 and next_attempt_at is not null and trigger <> 'test'`,
)

/**
 * Discards what waits for a webhook that was switched off or removed; its address is locked. A test is somebody's wish,
 * and stays. A webhook's id is that of its address: so the index of what waits for an address serves.
 */
export async function discardWaiting(connection: Connection, webhookId: string, now: number): Promise<void> {
  await connection.run(DISCARD_WAITING, [webhookId, now])
}
