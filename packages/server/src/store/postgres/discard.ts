import { DISCARD_STEP, discardInSteps } from '../discard-step.ts'
import { lockAddresses } from './addresses.ts'
import { type Connection, type Database, statement } from './database.ts'

/** How a waiting delivery is discarded at `at`; one that had been delivered before stays delivered. */
export function discarded(at: string): string {
  return `status = case when delivered_at is null then 'discarded' else 'delivered' end, next_attempt_at = null,
    finished_at = ${at}, resend = false`
}

/**
 * One step: from a place on, because the index still has what the steps before took out. The ids go to the update as an
 * array, so that it finds the rows by their key.
 */
export const DISCARD_WAITING = statement(
  'discard_waiting',
  `
  with chosen as materialized (
    select id, next_attempt_at from deliveries
    where address_id = $1 and next_attempt_at is not null and next_attempt_at >= $3 and trigger <> 'test'
      and not (select enabled from webhooks where id = $1)
    order by next_attempt_at limit ${DISCARD_STEP}
  ),
  changed as (
    update deliveries set ${discarded('$2')} where id = any (array(select id from chosen))
  )
  select count(*) as count, max(next_attempt_at) as "lastAt" from chosen
  `,
)

/** What waits for a webhook that is off, from a time of its next attempts on. */
export interface DiscardPlace {
  readonly webhookId: string
  /** When it was switched off. */
  readonly now: number
  readonly from: number
}

/**
 * Discards some of what waits for a webhook that was switched off or removed; its address is locked. Gives where to go on
 * with {@link discardRest} when this has committed; null when nothing is left. A test is somebody's wish, and stays. A
 * webhook's id is that of its address: so the index of what waits for an address serves.
 */
export async function discardWaiting(
  connection: Connection,
  webhookId: string,
  now: number,
  from = Number.MIN_SAFE_INTEGER,
): Promise<DiscardPlace | null> {
  const [step] = await connection.run<{ count: number; lastAt: number | null }>(DISCARD_WAITING, [webhookId, now, from])
  return step && step.count === DISCARD_STEP && step.lastAt !== null ? { webhookId, now, from: step.lastAt } : null
}

/** Goes on until nothing waits for the webhook, or somebody has switched it on again ({@link discardInSteps}). */
export async function discardRest(database: Database, place: DiscardPlace | null): Promise<void> {
  if (place === null) return
  const { webhookId, now } = place
  let { from } = place
  await discardInSteps(async () => {
    const next = await database.transaction(async (connection) => {
      await lockAddresses(connection, [webhookId])
      return await discardWaiting(connection, webhookId, now, from)
    })
    from = next?.from ?? from
    return next !== null
  })
}
