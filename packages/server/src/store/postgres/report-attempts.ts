import { afterFailure, afterSuccess, LAST_SUCCESS_STEP_MS } from '../address-health.ts'
import type { AttemptRecorded, RecordedAttempt } from '../deliveries.ts'
import type { AddressRow } from '../webhooks.ts'
import { ADDRESS_FIELDS, disableAddress, plannedReadyAt } from './addresses.ts'
import { type Connection, statement } from './database.ts'
import { type DiscardPlace, discardWaiting } from './discard.ts'

/**
 * Locks the addresses that a batch of attempts says something new about. Those that were reached and are healthy are
 * left alone, so that claims need not pass them by. The processes come first, as everywhere.
 */
const LOCK_REPORTED = statement(
  'lock_reported',
  `
  with holders as materialized (
    select id from processes where id = any($1) for key share
  )
  select ${ADDRESS_FIELDS} from addresses
  where (select count(*) from holders) >= 0 and (id = any($2) or (id = any($3)
    and (failures > 0 or state <> 'healthy' or paused_until is not null or coalesce(last_success_at, 0) < $4)))
  order by id
  for update
  `,
)

/** Enters the health of locked addresses, and when the claim may come back to each. */
const SET_HEALTH = statement(
  'set_health',
  `
  update addresses a
  set state = i.state, failures = i.failures, failing_since = i.failing_since, paused_until = i.paused_until,
    last_success_at = i.last_success_at, last_failure_at = i.last_failure_at, last_cause = i.last_cause,
    probed_by = case when not i.probed then a.probed_by end,
    ready_at = ${plannedReadyAt('i.at', 'i.paused_until')}
  from json_to_recordset($1) as i (id text, state text, failures integer, failing_since bigint, paused_until bigint,
    last_success_at bigint, last_failure_at bigint, last_cause text, probed boolean, at bigint)
  where a.id = i.id
  returning a.id, a.told_state <> a.state as untold
  `,
)

const SWITCH_OFF = statement(
  'switch_off',
  'update webhooks set enabled = false, disabled_reason = $2, updated_at = $3 where id = $1 and enabled returning 1',
)

/** An address while the attempts of a batch are applied to it. */
interface Reported {
  address: AddressRow
  /** When the last attempt of the batch ended. */
  at: number
  disable: string | null
  /** The probe is among them, or the address needs none any more. */
  probed: boolean
}

/**
 * Records a batch of attempts in the transaction of `connection`, and what each says about its address, in order.
 * `record` writes the attempts and gives which of them are written, because their lease was still there. `left` is what
 * waits for webhooks that they switched off, to be discarded when the transaction has committed.
 */
export async function reportAttempts(
  connection: Connection,
  attempts: readonly RecordedAttempt[],
  record: () => Promise<(ordinal: number) => boolean>,
): Promise<{ outcomes: AttemptRecorded[]; left: DiscardPlace[] }> {
  const locked = await lockReported(connection, attempts)
  const isRecorded = await record()

  const reported = new Map<string, Reported>()
  for (const [ordinal, attempt] of attempts.entries()) {
    const before = reported.get(attempt.addressId)
    const address = before?.address ?? locked.get(attempt.addressId)
    if (!address || !isRecorded(ordinal)) continue
    const after = applyReport(address, attempt)
    const disable = before?.disable ?? after.disable
    const at = Math.max(before?.at ?? 0, attempt.finishedAt)
    const probed = before?.probed || attempt.report?.kind === 'reached' || attempt.report?.probe === true
    reported.set(address.id, { address: after.address, at, disable, probed })
  }
  const untold = await setHealth(connection, [...reported.values()])
  const left: DiscardPlace[] = []
  for (const { address, at, disable } of reported.values()) {
    if (disable === null) continue
    const place = await switchOff(connection, address.id, disable, at)
    if (place) left.push(place)
  }
  const outcomes = attempts.map(({ addressId }, ordinal) => ({
    recorded: isRecorded(ordinal),
    untold: isRecorded(ordinal) && untold.has(addressId),
  }))
  return { outcomes, left }
}

async function lockReported(
  connection: Connection,
  attempts: readonly RecordedAttempt[],
): Promise<Map<string, AddressRow>> {
  const reached = new Set<string>()
  const troubled = new Set<string>()
  for (const { addressId, report, next } of attempts) {
    if (report?.kind === 'failed' || next.status === 'waiting') troubled.add(addressId)
    else if (report) reached.add(addressId)
  }
  const rows = await connection.run<AddressRow>(LOCK_REPORTED, [
    [...new Set(attempts.map(({ leasedBy }) => leasedBy))],
    [...troubled],
    [...reached],
    Math.max(...attempts.map(({ finishedAt }) => finishedAt)) - LAST_SUCCESS_STEP_MS,
  ])
  return new Map(rows.map((row) => [row.id, row]))
}

function applyReport(
  address: AddressRow,
  { report, finishedAt }: RecordedAttempt,
): { address: AddressRow; disable: string | null } {
  if (report === null) return { address, disable: null }
  if (report.kind === 'reached') {
    const lastSuccessAt = address.state === 'disabled' ? address.lastSuccessAt : finishedAt
    return { address: { ...address, ...afterSuccess(address, finishedAt), lastSuccessAt }, disable: null }
  }
  const hasSwitch = address.webhookId !== null
  const { disable, ...health } = afterFailure(address, report, finishedAt, { hasSwitch })
  return { address: { ...address, ...health, lastCause: report.cause }, disable }
}

/** Gives the addresses whose account has not been told of their state. */
async function setHealth(connection: Connection, reported: readonly Reported[]): Promise<Set<string>> {
  if (reported.length === 0) return new Set()
  const input = reported.map(({ address, at, probed }) => ({
    id: address.id,
    state: address.state,
    failures: address.failures,
    failing_since: address.failingSince,
    paused_until: address.pausedUntil,
    last_success_at: address.lastSuccessAt,
    last_failure_at: address.lastFailureAt,
    last_cause: address.lastCause,
    probed,
    at,
  }))
  const rows = await connection.run<{ id: string; untold: boolean }>(SET_HEALTH, [JSON.stringify(input)])
  return new Set(rows.filter(({ untold }) => untold).map(({ id }) => id))
}

/** Ends a webhook that is gone; what waits for it is kept and can be recovered. */
async function switchOff(
  connection: Connection,
  webhookId: string,
  reason: string,
  now: number,
): Promise<DiscardPlace | null> {
  await connection.run(SWITCH_OFF, [webhookId, reason, now])
  const left = await discardWaiting(connection, webhookId, now)
  await disableAddress(connection, webhookId, { told: false, now })
  return left
}
