import {
  type AddressShare,
  afterClaim,
  CLAIM_ADDRESSES_MAX,
  divideClaim,
  type ReadyAddress,
  roomOf,
  withoutRoom,
} from '../claim-shares.ts'
import type { DeliveryStore, LeasedDelivery } from '../deliveries.ts'
import { plannedReadyAt, URGENT } from './addresses.ts'
import { type Connection, type Database, statement } from './database.ts'
import { enteredLeases } from './delivery-leases.ts'
import { discarded } from './discard.ts'

type DeliveryClaim = Parameters<DeliveryStore['claimDeliveries']>[0]

/**
 * Locks the addresses that are ready, each account's longest ready first, and counts what is due for each, as far as
 * there is room. Those that somebody else is working with at this moment are passed by, and give a row of nulls. A process that was released gets none (see `release-process.ts`).
 *
 * The cost grows with the addresses that are ready, not with what waits: a paused address has its `ready_at` at the end
 * of its pause and is not seen, whether one delivery waits for it or a hundred thousand.
 */
export const CLAIM_ADDRESSES = statement(
  'claim_addresses',
  `
  with holder as materialized (
    select id from processes where id = $1 for key share
  ),
  chosen as materialized (
    select id, turn from (
      select id, ready_at, row_number() over (partition by account_id order by ready_at, id) as turn
      from addresses where ready_at <= $2 and id <> all ($3::text[]) and exists (select from holder)
    ) ready
    order by turn, ready_at, id
    limit ${CLAIM_ADDRESSES_MAX}
  ),
  locked as materialized (
    select a.id, a.account_id, a.webhook_id, a.state, a.paused_until, a.rate_ready_at
    from chosen join addresses a on a.id = chosen.id
    where a.ready_at <= $2
    for update of a skip locked
  )
  select a.id, a.account_id as "accountId", a.state, a.paused_until as "pausedUntil", a.rate_ready_at as "rateReadyAt",
    w.rate_limit_per_second as "rateLimitPerSecond",
    (
      select count(*) from (
        select d.resend, d.trigger from deliveries d
        where d.address_id = a.id and d.next_attempt_at <= $2
        order by d.next_attempt_at
        limit least(coalesce(($5::jsonb ->> a.id)::integer, $4), $6)
      ) d
      where a.paused_until is null or a.paused_until <= $2 or ${URGENT}
    ) as due
  from chosen left join locked a on a.id = chosen.id left join webhooks w on w.id = a.webhook_id
  order by chosen.turn, chosen.id
  `,
)

/**
 * Leases the longest due deliveries of locked addresses, and reads the webhook as it is now. A job webhook is signed
 * with the secret of the account's `default` one (design 3.2).
 *
 * Switching a webhook off discards its waiting deliveries; one whose job had ended in a transaction that committed a
 * moment later is found here and discarded instead of sent. So the answer can have fewer rows than were due.
 */
export const LEASE_DELIVERIES = statement(
  'lease_deliveries',
  `
  with input as materialized (
    select * from json_to_recordset($3) as i (address_id text, share integer, look integer, urgent_only boolean)
  ),
  due as materialized (
    select due.id, due.next_attempt_at, due.trigger <> 'test' and not coalesce(w.enabled, true) as discard
    from input i cross join lateral (
      select d.id, d.next_attempt_at, d.webhook_id, d.trigger from (
        select d.id, d.next_attempt_at, d.webhook_id, d.resend, d.trigger from deliveries d
        where d.address_id = i.address_id and d.next_attempt_at <= $2
        order by d.next_attempt_at
        limit i.look
        for update skip locked
      ) d
      where not i.urgent_only or ${URGENT}
      limit i.share
    ) due
    left join webhooks w on w.id = due.webhook_id
  ),
  dropped as (
    update deliveries d set ${discarded('$2::bigint')}
    from due where d.id = due.id and due.discard
  ),
  claimed as (
    update deliveries d set status = 'sending', next_attempt_at = null, leased_by = $1
    from due where d.id = due.id and not due.discard
    returning d.id, d.account_id, d.webhook_id, d.address_id, d.job_id, d.trigger, d.body, d.url, d.attempt_count,
      d.failure_count, d.resend, d.delivered_at, d.leased_by, due.next_attempt_at
  ),
  entered as (${enteredLeases('claimed')})
  select c.id, c.account_id as "accountId", c.webhook_id as "webhookId", c.address_id as "addressId",
    c.job_id as "jobId", c.trigger, c.body, coalesce(c.url, w.url) as url, c.attempt_count as "attemptCount",
    c.failure_count as "failureCount", c.resend, c.delivered_at is not null as "deliveredBefore",
    case when c.webhook_id is not null then w.headers end as "customHeaders",
    case when c.webhook_id is not null then w.retry_schedule end as "retrySchedule",
    w.sealed_secret as "sealedSecret", w.sealed_previous_secret as "sealedPreviousSecret",
    w.previous_secret_until as "previousSecretUntil"
  from claimed c
  left join webhooks w on w.account_id = c.account_id
    and case when c.webhook_id is null then w.name = 'default' else w.id = c.webhook_id end
  order by c.next_attempt_at, c.id
  `,
)

/** Enters what a claim changed of its addresses, and when to look at them again. */
export const END_CLAIM = statement(
  'end_claim',
  `
  update addresses a
  set paused_until = i.paused_until, rate_ready_at = i.rate_ready_at, probed_by = coalesce(i.probed_by, a.probed_by),
    ready_at = ${plannedReadyAt('$1::bigint', 'i.paused_until', 'i.rate_ready_at')}
  from json_to_recordset($2) as i (id text, paused_until bigint, rate_ready_at bigint, probed_by text)
  where a.id = i.id
  `,
)

/** A ready address that was locked by somebody else. */
interface PassedBy {
  readonly id: null
}

/**
 * `onPassedBy` is told when ready addresses were passed by: in a moment there may be more.
 *
 * One transaction of three statements. One statement for all would be quicker, but its snapshot is older than its locks:
 * it would not see what was committed while it waited for nothing but its turn, and write a `ready_at` that is too late.
 */
export async function claimDeliveries(
  database: Database,
  claim: DeliveryClaim,
  onPassedBy: () => void,
): Promise<LeasedDelivery[]> {
  const { processId, limit, now, perAddress = limit, rooms = {} } = claim
  return database.transaction(async (connection) => {
    const rest = [withoutRoom(claim), perAddress, JSON.stringify(rooms), limit]
    const chosen = await connection.run<ReadyAddress | PassedBy>(CLAIM_ADDRESSES, [processId, now, ...rest])
    const ready = chosen.filter((address) => address.id !== null)
    if (ready.length < chosen.length) onPassedBy()
    const shares = divideClaim(ready, claim, now)
    if (shares.length === 0) return []
    const leased = await lease(connection, shares, claim)
    const counts = new Map<string, number>()
    for (const { addressId } of leased) counts.set(addressId, (counts.get(addressId) ?? 0) + 1)
    const ends = shares.map((share) => {
      const { pausedUntil, rateReadyAt, probing } = afterClaim(share, counts.get(share.address.id) ?? 0, now)
      const probedBy = probing ? processId : null
      return { id: share.address.id, paused_until: pausedUntil, rate_ready_at: rateReadyAt, probed_by: probedBy }
    })
    await connection.run(END_CLAIM, [now, JSON.stringify(ends)])
    return leased
  })
}

async function lease(
  connection: Connection,
  shares: readonly AddressShare[],
  claim: DeliveryClaim,
): Promise<LeasedDelivery[]> {
  const input = shares
    .filter(({ share }) => share > 0)
    .map(({ address, share, urgentOnly }) => ({
      address_id: address.id,
      share,
      // What is urgent stands at the front, but not always first of all.
      look: urgentOnly ? roomOf(address.id, claim) : share,
      urgent_only: urgentOnly,
    }))
  if (input.length === 0) return []
  const probes = new Set(shares.filter(({ probe }) => probe).map(({ address }) => address.id))
  const rows = await connection.run<Omit<LeasedDelivery, 'probe'>>(LEASE_DELIVERIES, [
    claim.processId,
    claim.now,
    JSON.stringify(input),
  ])
  return rows.map((row) => ({ ...row, probe: probes.has(row.addressId) }))
}
