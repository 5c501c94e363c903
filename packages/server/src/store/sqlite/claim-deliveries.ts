import {
  afterClaim,
  CLAIM_ADDRESSES_MAX,
  divideClaim,
  type ReadyAddress,
  roomOf,
  withoutRoom,
} from '../claim-shares.ts'
import type { DeliveryStore, LeasedDelivery } from '../deliveries.ts'
import { isPaused } from '../pause.ts'
import { type Addresses, URGENT } from './addresses.ts'
import type { Database } from './database.ts'
import { LEASED_FIELDS, SIGNED_BY } from './leased-delivery.ts'

type Stored = Omit<LeasedDelivery, 'probe' | 'resend' | 'deliveredBefore'> & { resend: number; deliveredBefore: number }

type DeliveryClaim = Parameters<DeliveryStore['claimDeliveries']>[0]

/** The ready addresses of a claim by `:now` and the JSON array of those to pass by, each account's longest ready first. */
export const FIND_READY = `
  select id, accountId, state, pausedUntil, rateReadyAt, rateLimitPerSecond from (
    select a.id, a.account_id as accountId, a.state, a.paused_until as pausedUntil, a.ready_at as readyAt,
      a.rate_ready_at as rateReadyAt, w.rate_limit_per_second as rateLimitPerSecond,
      row_number() over (partition by a.account_id order by a.ready_at, a.id) as turn
    from addresses a left join webhooks w on w.id = a.webhook_id
    where a.ready_at is not null and a.ready_at <= ?1 and a.id not in (select value from json_each(?2))
  ) order by turn, readyAt, id limit ${CLAIM_ADDRESSES_MAX}`

/** The longest due of an address; never more rows of the index than are asked for. */
export const FIND_DUE = `
  select d.id, ${URGENT} as urgent from deliveries d
  where d.address_id = ? and d.next_attempt_at is not null and d.next_attempt_at <= ?
  order by d.next_attempt_at limit +?`

/**
 * Finds what is due by address. Cost grows with the addresses that are ready, not with what waits: a paused address has
 * its `ready_at` at the end of its pause and is not seen, whether one delivery waits for it or a hundred thousand.
 *
 * Tried before: one index over all waiting deliveries by time, with the blocked addresses excluded by the query. With
 * 100,000 deliveries of one blocked address at its front a claim took 40 ms instead of 0.2 ms.
 */
export function createClaimDeliveries(database: Database, addresses: Addresses) {
  const findReady = database.prepare<Omit<ReadyAddress, 'due'>>(FIND_READY)
  const findDue = database.prepare<{ id: string; urgent: number }>(FIND_DUE)
  const lease = database.prepare(
    `update deliveries set status = 'sending', leased_by = ?1, next_attempt_at = null
     where id in (select value from json_each(?2))`,
  )
  // The cross join keeps the ids in front, in their order.
  const findLeased = database.prepare<Stored>(
    `select ${LEASED_FIELDS} from json_each(?) i cross join deliveries d on d.id = i.value
     left join webhooks w on ${SIGNED_BY}`,
  )
  const enterClaim = database.prepare(
    'update addresses set paused_until = ?, rate_ready_at = ?, probed_by = coalesce(?, probed_by) where id = ?',
  )

  function leaseAll(deliveryIds: readonly string[], probes: ReadonlySet<string>, processId: string): LeasedDelivery[] {
    const ids = JSON.stringify(deliveryIds)
    lease.run(processId, ids)
    return findLeased.all(ids).map((delivery) => ({
      ...delivery,
      probe: probes.has(delivery.addressId),
      resend: delivery.resend === 1,
      deliveredBefore: delivery.deliveredBefore === 1,
    }))
  }

  return function claimDeliveries(claim: DeliveryClaim): LeasedDelivery[] {
    const { now } = claim
    const dueIds = new Map<string, string[]>()
    const ready = findReady.all(now, JSON.stringify(withoutRoom(claim))).map((address) => {
      const due = findDue.all(address.id, now, roomOf(address.id, claim))
      const ids = (isPaused(address, now) ? due.filter(({ urgent }) => urgent === 1) : due).map(({ id }) => id)
      dueIds.set(address.id, ids)
      return { ...address, due: ids.length }
    })
    const shares = divideClaim(ready, claim, now)
    const leasedIds = shares.map(({ address, share }) => dueIds.get(address.id)?.slice(0, share) ?? [])
    const probes = new Set(shares.filter(({ probe }) => probe).map(({ address }) => address.id))
    const leased = leaseAll(leasedIds.flat(), probes, claim.processId)
    for (const [index, share] of shares.entries()) {
      const { pausedUntil, rateReadyAt, probing } = afterClaim(share, leasedIds[index]?.length ?? 0, now)
      enterClaim.run(pausedUntil, rateReadyAt, probing ? claim.processId : null, share.address.id)
      addresses.planNextClaim(share.address.id, now)
    }
    return leased
  }
}
