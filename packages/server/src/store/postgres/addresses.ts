import type { AddressRow } from '../webhooks.ts'
import { type Connection, statement } from './database.ts'

/**
 * The rows that isolation works with, as parts of statements.
 *
 * **Order of locks**, the same in every transaction, so that none waits for another in a circle:
 * process → job → addresses, by id → webhook → deliveries. A transaction that changes waiting deliveries, or plans when
 * an address is looked at next, locks their addresses first, in a statement of its own: what follows then sees all that
 * was committed by others who held the lock. Only the claim takes addresses in another order, and it never waits.
 *
 * `ready_at` may be earlier than needed (a claim looks and enters the right time), never later, and null only when
 * nothing waits. So whoever makes a delivery wait lowers it in the same transaction.
 */
export const ADDRESS_FIELDS = `id, account_id as "accountId", webhook_id as "webhookId", origin, state, failures,
  failing_since as "failingSince", last_failure_at as "lastFailureAt", paused_until as "pausedUntil", last_success_at as "lastSuccessAt",
  last_cause as "lastCause", told_state as "toldState"`

/** Whether a person asked for the next attempt of delivery `d`: a pause does not hold it up. */
export const URGENT = `(d.resend or d.trigger = 'test')`

/** When an urgent delivery of an address is due that comes at `now`: before all others, so that a claim finds it first. */
export function urgentDueAt(addressId: string, now: string): string {
  return `least(${now}::bigint, (select min(f.next_attempt_at) - 1 from deliveries f
    where f.address_id = ${addressId} and f.next_attempt_at is not null))`
}

/** The `ready_at` of address `a` when a delivery of it waits until `dueAt`. Nulls are ignored by `least`, `greatest`. */
export function loweredReadyAt(dueAt: string): string {
  return `least(a.ready_at, greatest(${dueAt}, a.paused_until, a.rate_ready_at))`
}

/** The `ready_at` of address `a` by what waits now, its pause and its rate being these; at `now` at the earliest. */
export function plannedReadyAt(now: string, pausedUntil = 'a.paused_until', rateReadyAt = 'a.rate_ready_at'): string {
  return `(
    select greatest(d.next_attempt_at, ${now}, ${rateReadyAt}, case when not ${URGENT} then ${pausedUntil} end)
    from deliveries d where d.address_id = a.id and d.next_attempt_at is not null
    order by d.next_attempt_at limit 1
  )`
}

const LOCK_ADDRESSES = statement(
  'lock_addresses',
  `select ${ADDRESS_FIELDS} from addresses where id = any($1) order by id for update`,
)

/** Locks addresses for the rest of the transaction, in their order, and gives them as they are then. */
export function lockAddresses(connection: Connection, addressIds: readonly string[]): Promise<AddressRow[]> {
  return connection.run<AddressRow>(LOCK_ADDRESSES, [addressIds])
}

const PLAN_ADDRESS = statement(
  'plan_address',
  `update addresses a set ready_at = ${plannedReadyAt('$2::bigint')} where a.id = $1`,
)

/** Looks at what waits for a locked address and enters when the claim may come back. */
export async function planNextClaim(connection: Connection, addressId: string, now: number): Promise<void> {
  await connection.run(PLAN_ADDRESS, [addressId, now])
}

const LET_URGENT_GO = statement('let_urgent_go', 'update addresses set ready_at = least(ready_at, $2) where id = $1')

/** Something that a person asked for waits: the claim looks at once, and takes that through a pause. */
export async function letUrgentGo(connection: Connection, addressId: string, now: number): Promise<void> {
  await connection.run(LET_URGENT_GO, [addressId, now])
}

const LOWER_READY = statement(
  'lower_ready',
  `update addresses a set ready_at = ${loweredReadyAt('$2::bigint')} where a.id = any($1)`,
)

/** Says that a delivery of each of these locked addresses waits until `dueAt`. */
export async function lowerReady(connection: Connection, addressIds: readonly string[], dueAt: number): Promise<void> {
  await connection.run(LOWER_READY, [addressIds, dueAt])
}

const FORGET_RATE = statement(
  'forget_rate',
  `update addresses a set rate_ready_at = 0, ready_at = ${plannedReadyAt('$2::bigint', 'a.paused_until', '0')}
   where a.id = $1`,
)

/** Another rate was set: what was sent before does not count. */
export async function forgetRate(connection: Connection, addressId: string, now: number): Promise<void> {
  await connection.run(FORGET_RATE, [addressId, now])
}

const MAKE_HEALTHY = statement(
  'make_address_healthy',
  `update addresses a set state = 'healthy', told_state = 'healthy', failures = 0, failing_since = null,
     paused_until = null, probed_by = null, ready_at = ${plannedReadyAt('$2::bigint', 'null::bigint')}
   where a.id = $1`,
)

/** Ends pause and failing state without a word, for a webhook that a person switched on or sent elsewhere. */
export async function makeHealthy(connection: Connection, addressId: string, now: number): Promise<void> {
  await connection.run(MAKE_HEALTHY, [addressId, now])
}

const DISABLE = statement(
  'disable_address',
  `update addresses a set state = 'disabled', told_state = case when $3 then 'disabled' else told_state end,
     paused_until = null, probed_by = null, ready_at = ${plannedReadyAt('$2::bigint', 'null::bigint')}
   where a.id = $1`,
)

/** Enters that its webhook was switched off; `told` when a person did it and need not be told. */
export async function disableAddress(
  connection: Connection,
  addressId: string,
  { told, now }: { told: boolean; now: number },
): Promise<void> {
  await connection.run(DISABLE, [addressId, now, told])
}
