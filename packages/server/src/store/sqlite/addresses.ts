import { type AddressReport, afterFailure, type HealthChange, LAST_SUCCESS_STEP_MS } from '../address-health.ts'
import { isPaused } from '../pause.ts'
import type { AddressRow } from '../webhooks.ts'
import type { Database } from './database.ts'

export const ADDRESS_FIELDS = `id, account_id as accountId, webhook_id as webhookId, origin, state, failures,
  failing_since as failingSince, last_failure_at as lastFailureAt, paused_until as pausedUntil, last_success_at as lastSuccessAt,
  last_cause as lastCause, told_state as toldState`

/** Whether a person asked for the next attempt of delivery `d`: a pause does not hold it up. */
export const URGENT = `(d.resend = 1 or d.trigger = 'test')`

/** When an urgent delivery of address `?2` is due that comes at `?1`: before all others, so that a claim finds it first. */
export const URGENT_DUE_AT = `min(?1, coalesce((select min(f.next_attempt_at) - 1 from deliveries f
  where f.address_id = ?2 and f.next_attempt_at is not null), ?1))`

/** The rows that isolation works with. All calls happen inside the transaction of an operation. */
export interface Addresses {
  find(addressId: string): AddressRow | null
  /** Whether nothing about the address says that a delivery has to wait. */
  isClear(addressId: string, now: number): boolean
  /** Enters the address of a job webhook if it is new. */
  ensure(address: { id: string; accountId: string; origin: string; createdAt: number }): void
  /** Says that a delivery of the address waits until `dueAt`. */
  waitsUntil(addressId: string, dueAt: number): void
  /** Looks at what waits and enters when the claim may come back; `now` at the end of the queue of ready ones. */
  planNextClaim(addressId: string, now: number): void
  /** Ends pause and failing state without a word, for a webhook that a person switched on or sent elsewhere. */
  makeHealthy(addressId: string, now: number): void
  /** Another rate was set: what was sent before does not count. */
  forgetRate(addressId: string, now: number): void
  /** Something that a person asked for waits: the claim looks at once, and takes that through a pause. */
  hasUrgent(addressId: string, now: number): void
  /** Enters that its webhook was switched off; `told` when a person did it and need not be told. */
  disable(addressId: string, told: boolean, now: number): void
  /** The probe that this process had under way is lost: another may go at once. */
  probeLost(addressId: string, processId: string, now: number): void
  /** Applies what an attempt says. */
  report(addressId: string, report: AddressReport, now: number): Reported
}

type Failure = Extract<AddressReport, { kind: 'failed' }>

/** What follows from a report. */
export interface Reported {
  /** The account is to be told of the state. */
  readonly untold: boolean
  /** Why its webhook must be switched off; null otherwise. */
  readonly disable: string | null
  /** Its state has changed, and deliveries wait that may go now. */
  readonly hasWaiting: boolean
}

export const NOTHING_REPORTED: Reported = { untold: false, disable: null, hasWaiting: false }

export function createAddresses(database: Database): Addresses {
  const find = database.prepare<AddressRow>(`select ${ADDRESS_FIELDS} from addresses where id = ?`)
  const ensure = database.prepare(
    'insert into addresses (id, account_id, origin, created_at) values (?, ?, ?, ?) on conflict (id) do nothing',
  )
  const waitsUntil = database.prepare(
    `update addresses set ready_at = min(coalesce(ready_at, max(?1, coalesce(paused_until, 0), rate_ready_at)),
       max(?1, coalesce(paused_until, 0), rate_ready_at))
     where id = ?2`,
  )
  const planNextClaim = database.prepare(
    `update addresses set ready_at = (
       select max(d.next_attempt_at, ?1, rate_ready_at, case when ${URGENT} then 0 else coalesce(paused_until, 0) end)
       from deliveries d where d.address_id = addresses.id and d.next_attempt_at is not null
       order by d.next_attempt_at limit 1)
     where id = ?2`,
  )
  const makeHealthy = database.prepare(
    `update addresses set state = 'healthy', told_state = 'healthy', failures = 0, failing_since = null,
       paused_until = null, probed_by = null
     where id = ?`,
  )
  const forgetRate = database.prepare('update addresses set rate_ready_at = 0 where id = ?')
  const hasUrgent = database.prepare('update addresses set ready_at = min(coalesce(ready_at, ?1), ?1) where id = ?2')
  const disable = database.prepare(
    `update addresses set state = 'disabled', told_state = case when ?1 then 'disabled' else told_state end,
       paused_until = null, probed_by = null
     where id = ?2`,
  )
  // The same as `afterSuccess`, in SQL. What waits may go at once when a pause ends.
  const reached = database.prepare<{ untold: number; hasWaiting: number }>(
    `update addresses set
       ready_at = case when state = 'failing' or paused_until <= ?1 then min(ready_at, ?1) else ready_at end,
       paused_until = case when state = 'failing' or paused_until <= ?1 then null else paused_until end,
       state = 'healthy', failures = 0, failing_since = null, last_success_at = ?1, probed_by = null
     where id = ?2 and state <> 'disabled'
     returning told_state <> state as untold, ready_at is not null as hasWaiting`,
  )
  const probeLost = database.prepare(
    'update addresses set paused_until = ?, probed_by = null where id = ? and probed_by = ?',
  )
  const setHealth = database.prepare<{ untold: number }>(
    `update addresses set state = ?1, failures = ?2, failing_since = ?3, last_failure_at = ?4, paused_until = ?5,
       last_cause = ?6, probed_by = case when ?7 then null else probed_by end
     where id = ?8 returning told_state <> state as untold`,
  )

  const known = database.remember((addressId) => find.get(addressId) ?? null)

  /** Nearly every success: of a healthy address that was reached within the minute. It is not worth a write. */
  function saysNothingNew(addressId: string, now: number): boolean {
    const address = known(addressId)
    if (address === null || address.state === 'disabled') return true
    const { state, failures, pausedUntil, lastSuccessAt } = address
    const isRecent = (lastSuccessAt ?? 0) >= now - LAST_SUCCESS_STEP_MS
    return state === 'healthy' && failures === 0 && (pausedUntil === null || pausedUntil > now) && isRecent
  }

  function plan(addressId: string, now: number) {
    planNextClaim.run(now, addressId)
  }

  function enter(addressId: string, health: HealthChange, { cause, probe }: Failure) {
    const { state, failures, failingSince, lastFailureAt, pausedUntil } = health
    const values = [state, failures, failingSince, lastFailureAt, pausedUntil, cause, probe ? 1 : 0]
    return setHealth.get(...values, addressId)?.untold === 1
  }

  return {
    find: (addressId) => find.get(addressId) ?? null,
    isClear(addressId, now) {
      const address = known(addressId)
      return address !== null && address.state === 'healthy' && !isPaused(address, now)
    },
    ensure({ id, accountId, origin, createdAt }) {
      ensure.run(id, accountId, origin, createdAt)
      database.forget()
    },
    waitsUntil(addressId, dueAt) {
      waitsUntil.run(dueAt, addressId)
    },
    planNextClaim: plan,
    makeHealthy(addressId, now) {
      makeHealthy.run(addressId)
      plan(addressId, now)
    },
    forgetRate(addressId, now) {
      forgetRate.run(addressId)
      plan(addressId, now)
    },
    hasUrgent(addressId, now) {
      hasUrgent.run(now, addressId)
    },
    disable(addressId, told, now) {
      disable.run(told ? 1 : 0, addressId)
      plan(addressId, now)
    },
    probeLost(addressId, processId, now) {
      probeLost.run(now, addressId, processId)
    },
    report(addressId, report, now) {
      if (report.kind === 'reached') {
        if (saysNothingNew(addressId, now)) return NOTHING_REPORTED
        database.forget()
        const changed = reached.get(now, addressId)
        if (!changed) return NOTHING_REPORTED
        return { untold: changed.untold === 1, disable: null, hasWaiting: changed.hasWaiting === 1 }
      }
      const before = find.get(addressId)
      if (!before) return NOTHING_REPORTED
      database.forget()
      const health = afterFailure(before, report, now, { hasSwitch: before.webhookId !== null })
      const untold = enter(addressId, health, report)
      plan(addressId, now)
      return { untold, disable: health.disable, hasWaiting: false }
    },
  }
}
