import {
  afterClaim,
  CLAIM_ADDRESSES_MAX,
  divideClaim,
  type ReadyAddress,
  roomOf,
  withoutRoom,
} from '../claim-shares.ts'
import type { DeliveryStore, LeasedDelivery } from '../deliveries.ts'
import { DISCARD_STEP } from '../discard-step.ts'
import { isPaused } from '../pause.ts'
import type { WorkKind } from '../store.ts'
import { type Addresses, URGENT } from './addresses.ts'
import type { Database } from './database.ts'
import { LEASED_FIELDS, SIGNED_BY } from './leased-delivery.ts'
import { DISCARD_WAITING } from './webhooks.ts'

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

const DUE = `from deliveries d
  where d.address_id = ? and d.next_attempt_at is not null and d.next_attempt_at <= ?
  order by d.next_attempt_at limit +?`

/**
 * The longest due of an address, by row number: the index has all that is asked for. It is read as far as the address has
 * room, which is further than its share goes. By id, and so with the row of each, 64 took 52 µs in place of 20, and a
 * claim of 64 from 20 addresses 62 µs a delivery in place of 40.
 */
export const FIND_DUE = `select d.rowid as row ${DUE}`

/** Of these, what goes although the address is paused. */
export const FIND_URGENT = `select row from (select d.rowid as row, ${URGENT} as urgent ${DUE}) where urgent`

/** Of these, what goes although the webhook is off: tests. */
export const FIND_TESTS = `select row from (select d.rowid as row, d.trigger = 'test' as test ${DUE}) where test`

/**
 * Finds what is due by address. Cost grows with the addresses that are ready, not with what waits: a paused address has
 * its `ready_at` at the end of its pause and is not seen, whether one delivery waits for it or a hundred thousand.
 *
 * Tried before: one index over all waiting deliveries by time, with the blocked addresses excluded by the query. With
 * 100,000 deliveries of one blocked address at its front a claim took 40 ms instead of 0.2 ms.
 */
export function createClaimDeliveries(database: Database, addresses: Addresses, wake: (kind: WorkKind) => void) {
  const findReady = database.prepare<Omit<ReadyAddress, 'due'>>(FIND_READY)
  const findDue = database.prepare<{ row: number }>(FIND_DUE)
  const findUrgent = database.prepare<{ row: number }>(FIND_URGENT)
  const findTests = database.prepare<{ row: number }>(FIND_TESTS)
  const discardWaiting = database.prepare(DISCARD_WAITING)
  const lease = database.prepare(
    `update deliveries set status = 'sending', leased_by = ?1, next_attempt_at = null
     where rowid in (select value from json_each(?2))`,
  )
  // The cross join keeps the rows in front, in their order.
  const findLeased = database.prepare<Stored>(
    `select ${LEASED_FIELDS} from json_each(?) i cross join deliveries d on d.rowid = i.value
     left join webhooks w on ${SIGNED_BY}`,
  )
  const enterClaim = database.prepare(
    'update addresses set paused_until = ?, rate_ready_at = ?, probed_by = coalesce(?, probed_by) where id = ?',
  )

  function leaseAll(due: readonly number[], probes: ReadonlySet<string>, processId: string): LeasedDelivery[] {
    const rows = JSON.stringify(due)
    lease.run(processId, rows)
    return findLeased.all(rows).map((delivery) => ({
      ...delivery,
      probe: probes.has(delivery.addressId),
      resend: delivery.resend === 1,
      deliveredBefore: delivery.deliveredBefore === 1,
    }))
  }

  /** Whatever waits still for a webhook that was switched off: there was more than one transaction discards. */
  function discardMore(webhookId: string, now: number): void {
    if (discardWaiting.run(now, webhookId) === DISCARD_STEP) wake('deliveries')
  }

  return function claimDeliveries(claim: DeliveryClaim): LeasedDelivery[] {
    const { now } = claim
    const dueOf = new Map<string, number[]>()
    const ready = findReady.all(now, JSON.stringify(withoutRoom(claim))).map((address) => {
      if (address.state === 'disabled') discardMore(address.id, now)
      const find = address.state === 'disabled' ? findTests : isPaused(address, now) ? findUrgent : findDue
      const due = find.all(address.id, now, roomOf(address.id, claim)).map(({ row }) => row)
      dueOf.set(address.id, due)
      return { ...address, due: due.length }
    })
    const shares = divideClaim(ready, claim, now)
    const taken = shares.map(({ address, share }) => dueOf.get(address.id)?.slice(0, share) ?? [])
    const probes = new Set(shares.filter(({ probe }) => probe).map(({ address }) => address.id))
    const leased = leaseAll(taken.flat(), probes, claim.processId)
    for (const [index, share] of shares.entries()) {
      const { pausedUntil, rateReadyAt, probing } = afterClaim(share, taken[index]?.length ?? 0, now)
      enterClaim.run(pausedUntil, rateReadyAt, probing ? claim.processId : null, share.address.id)
      addresses.planNextClaim(share.address.id, now)
    }
    return leased
  }
}
