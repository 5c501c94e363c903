import type { LeasedDelivery } from '../deliveries.ts'
import { type Connection, statement } from './database.ts'

/**
 * Leases the deliveries that have been due longest, skipping those that somebody else is leasing at this moment, and
 * reads the webhook as it is now. A job webhook is signed with the secret of the account's `default` one (design 3.2).
 *
 * Switching a webhook off discards its waiting deliveries; one whose transaction committed a moment later is found here
 * and discarded instead of sent. So the answer can have fewer rows than were due.
 *
 * The partial index `deliveries_due` serves search and order and holds nothing but waiting deliveries: a million
 * finished ones cost nothing. A process that was released leases nothing (see `release-process.ts`).
 */
export const CLAIM_DELIVERIES = statement(
  'claim_deliveries',
  `
  with holder as materialized (
    select id from processes where id = $1 for key share
  ),
  due as materialized (
    select id, next_attempt_at from deliveries
    where next_attempt_at <= $2 and exists (select from holder)
    order by next_attempt_at
    limit $3
    for update skip locked
  ),
  judged as materialized (
    select due.id, due.next_attempt_at, d.trigger <> 'test' and not coalesce(w.enabled, true) as discard
    from due join deliveries d on d.id = due.id left join webhooks w on w.id = d.webhook_id
  ),
  claimed as (
    update deliveries d
    set status = case when j.discard then 'discarded' else 'sending' end, next_attempt_at = null,
      leased_by = case when j.discard then null else $1 end, finished_at = case when j.discard then $2::bigint end
    from judged j where d.id = j.id
    returning d.id, d.account_id, d.webhook_id, d.job_id, d.trigger, d.body, d.url, d.attempt_count, d.failure_count,
      j.next_attempt_at, j.discard
  )
  select c.id, c.account_id as "accountId", c.webhook_id as "webhookId", c.job_id as "jobId", c.trigger, c.body,
    coalesce(c.url, w.url) as url, c.attempt_count as "attemptCount", c.failure_count as "failureCount",
    w.sealed_secret as "sealedSecret", w.sealed_previous_secret as "sealedPreviousSecret",
    w.previous_secret_until as "previousSecretUntil"
  from claimed c
  join webhooks w on w.account_id = c.account_id
    and case when c.webhook_id is null then w.name = 'default' else w.id = c.webhook_id end
  where not c.discard
  order by c.next_attempt_at, c.id
  `,
)

export function claimDeliveries(
  database: Connection,
  { processId, limit, now }: { processId: string; limit: number; now: number },
): Promise<LeasedDelivery[]> {
  return database.run<LeasedDelivery>(CLAIM_DELIVERIES, [processId, now, limit])
}
