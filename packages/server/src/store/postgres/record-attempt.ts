import { LAST_SUCCESS_STEP_MS } from '../address-health.ts'
import type { AttemptRecorded, RecordedAttempt } from '../deliveries.ts'
import { storableText } from '../mapping.ts'
import { type Batched, batched } from './batched.ts'
import { readNumbers, rowsOf, toColumn, toJsonColumn, toKeyColumn } from './columns.ts'
import { type Database, statement } from './database.ts'
import { discardRest } from './discard.ts'
import { reportAttempts } from './report-attempts.ts'
import type { Turns } from './turns.ts'

/** What an attempt and its delivery travel as; the types are those of their parameters, `$1` and on. */
const COLUMNS = {
  delivery_id: 'text',
  leased_by: 'text',
  next_status: 'text',
  next_attempt_at: 'bigint',
  finished_at: 'bigint',
  address_id: 'text',
  reached: 'boolean',
  spends: 'boolean',
  resend: 'boolean',
  number: 'integer',
  started_at: 'bigint',
  cause: 'text',
  message: 'text',
  url: 'text',
  request_headers: 'json',
  response_status: 'integer',
  response_headers: 'json',
  response_body: 'text',
  response_truncated: 'boolean',
  remote_address: 'text',
  dns_ms: 'double precision',
  connect_ms: 'double precision',
  tls_ms: 'double precision',
  first_byte_ms: 'double precision',
  total_ms: 'double precision',
} as const

/** Columns of `attempts` that are written as they come. */
const WRITTEN = `delivery_id, number, started_at, cause, message, url, request_headers, response_status, response_headers,
  response_body, response_truncated, remote_address, dns_ms, connect_ms, tls_ms, first_byte_ms, total_ms`

/**
 * The parts of a statement that end deliveries and write their attempts. `recorded` holds only deliveries whose lease
 * was still there, and the attempts follow from it. The counts in its condition take the locks in their order
 * (`addresses.ts`): process, addresses, then deliveries.
 *
 * `recorded` gives all that is written, and the batch is read once. With a list of the batch that both parts
 * read, each row was also copied whole for the update, and joined by its place: in turns, batches of 180, µs of the
 * server's CPU an attempt: **18.5** instead of 20.3.
 *
 * `is not distinct from` keeps the planner from searching by lease, as in `finish-job.ts`.
 */
const recorded = (end: string, lock = '') => `recorded as (
    update deliveries d
    set ${end},
      attempt_count = i.number, failure_count = d.failure_count + case when i.spends then 1 else 0 end,
      last_cause = i.cause, leased_by = null, resend = false
    from (
      ${rowsOf(COLUMNS)}
    ) i
    where d.id = i.delivery_id and d.leased_by is not distinct from i.leased_by
      and d.attempt_count = i.number - 1 and (select count(*) from holders) > 0 ${lock}
    returning i.ordinal, i.address_id, i.reached, i.resend as was_resend, ${WRITTEN.replaceAll(/\w+/g, 'i.$&')}
  ),
  added as (
    insert into attempts (${WRITTEN}, resend) select ${WRITTEN}, was_resend from recorded
  )`

const HOLDERS = 'holders as materialized (select id from processes where id = any ($2::text[]) for key share)'

/**
 * Writes a batch of attempts that all say well of their addresses or nothing, and what comes of their deliveries, none
 * of which waits: one statement, so one transaction and one round trip.
 *
 * One array a column: the server reads JSON three times (check, take apart, convert). Measured on 2 busy cores with 180
 * attempts a batch, µs of the server's CPU an attempt: **18** with arrays, 24 with one JSON parameter. With values that are
 * equal in all rows sent once and one row of answers instead of one for each, batches of 110 on a busy machine: **29** instead of
 * 34 of the server's CPU, 10 instead of 15 of our own.
 *
 * Addresses that were reached (`$26`, and when last, `$27`) are written only when that changes them (`afterSuccess`, here
 * in SQL): almost never. What waits for an address whose pause is over may go at once.
 */
export const RECORD_SUCCESSES = statement(
  'record_successes',
  `
  with ${HOLDERS},
  changing as materialized (
    select a.id, r.at from unnest($26::text[], $27::bigint[]) as r (address_id, at) join addresses a on a.id = r.address_id
    where (select count(*) from holders) > 0 and a.state <> 'disabled'
      and (a.failures > 0 or a.state = 'failing' or a.paused_until <= r.at
        or coalesce(a.last_success_at, 0) < r.at - ${LAST_SUCCESS_STEP_MS})
    order by a.id
    for update of a
  ),
  ${recorded(
    `status = case when d.delivered_at is not null then 'delivered' else i.next_status end, next_attempt_at = null,
      finished_at = i.finished_at,
      delivered_at = case when i.next_status = 'delivered' then coalesce(d.delivered_at, i.finished_at) else d.delivered_at end`,
    'and (select count(*) from changing) >= 0',
  )},
  reached as (
    update addresses a
    set ready_at = case when a.state = 'failing' or a.paused_until <= c.at then
          case when a.ready_at is not null then least(a.ready_at, c.at) end
        else a.ready_at end,
      paused_until = case when a.state <> 'failing' and a.paused_until > c.at then a.paused_until end,
      state = 'healthy', failures = 0, failing_since = null, last_success_at = c.at, probed_by = null
    from changing c
    where a.id = c.id and a.id in (select address_id from recorded where recorded.reached)
    returning a.id, a.told_state <> a.state as untold, a.ready_at is not null as has_waiting
  )
  select array(select ordinal from recorded)::text as recorded, array(select id from reached where untold) as untold,
    exists (select from reached where has_waiting) as "hasWaiting"
  `,
  { keepsPlan: true },
)

/**
 * Writes a batch of any attempts, in the transaction that decides about their addresses.
 *
 * Whether the webhook is still on is asked only for a retry. `offset 0` keeps the planner from copying that question into
 * each place where the answer is used.
 */
export const RECORD_ATTEMPTS = statement(
  'record_attempts',
  `
  with ${HOLDERS},
  ${recorded(`(status, next_attempt_at, finished_at, delivered_at) = (
        select r.status, case when r.status = 'waiting' then i.next_attempt_at end,
          case when r.status <> 'waiting' then i.finished_at end,
          case when r.status = 'delivered' then coalesce(d.delivered_at, i.finished_at) else d.delivered_at end
        from (
          select case when j.status in ('failed', 'discarded') and d.delivered_at is not null then 'delivered'
            else j.status end as status
          from (
            select case
              when i.next_status = 'waiting' and d.trigger <> 'test'
                and (select not w.enabled from webhooks w where w.id = d.webhook_id) then 'discarded'
              else i.next_status end as status
            offset 0
          ) j
          offset 0
        ) r
      )`)}
  select array(select ordinal from recorded)::text as recorded
  `,
)

interface RecordedRow {
  /** The places in the batch, from 1 on, of what was recorded: `{1,2}`. A row for each would cost more than to write it. */
  readonly recorded: string
}

interface SuccessesRow extends RecordedRow {
  /** Addresses whose account has not been told of their state. */
  readonly untold: readonly string[]
  /** Something waits for an address that was reached. */
  readonly hasWaiting: boolean
}

/**
 * A batch of successes is one statement. With failures or retries among it, the batch is a transaction that decides
 * about their addresses here (`report-attempts.ts`).
 *
 * `onWaiting` is called when a delivery waits for its next attempt, or what waited may go on. Only this process is told:
 * it is the one with a timer to set, and the others look for themselves every few seconds.
 */
export function recordAttempts(
  database: Database,
  { onWaiting, turns }: { onWaiting: () => void; turns: Turns },
): Batched<RecordedAttempt, AttemptRecorded> {
  async function recordSuccesses(attempts: readonly RecordedAttempt[]): Promise<AttemptRecorded[]> {
    const parameters = [...toColumns(attempts), ...toReached(attempts)]
    const [row] = await database.run<SuccessesRow>(RECORD_SUCCESSES, parameters)
    const { recorded, untold, hasWaiting } = row as SuccessesRow
    if (hasWaiting) onWaiting()
    const isRecorded = isAmong(recorded)
    return attempts.map(({ addressId }, place) => ({
      recorded: isRecorded(place),
      untold: isRecorded(place) && untold.includes(addressId),
    }))
  }

  async function recordMixed(attempts: readonly RecordedAttempt[]): Promise<AttemptRecorded[]> {
    const { outcomes, left } = await database.transaction((connection) =>
      reportAttempts(connection, attempts, async () => {
        const [row] = await connection.run<RecordedRow>(RECORD_ATTEMPTS, toColumns(attempts))
        return isAmong((row as RecordedRow).recorded)
      }),
    )
    onWaiting()
    // Nobody waits for it. What it may leave when the database goes away, claims discard.
    for (const place of left) void discardRest(database, place).catch(() => {})
    return outcomes
  }

  return batched({
    turns,
    sizeOf: ({ attempt }) => attempt.responseBody?.length ?? 0,
    run: (attempts) =>
      attempts.some(({ report, next }) => report?.kind === 'failed' || next.status === 'waiting')
        ? recordMixed(attempts)
        : recordSuccesses(attempts),
  })
}

/** Whether a place in the batch, from 0 on, is one of the ordinals in an array that was read as text. */
function isAmong(ordinals: string): (place: number) => boolean {
  const among = new Set(readNumbers(ordinals))
  return (place) => among.has(place + 1)
}

/** The addresses that were reached, and when each was last. */
function toReached(attempts: readonly RecordedAttempt[]): string[] {
  const lastAt = new Map<string, number>()
  for (const { addressId, report, finishedAt } of attempts) {
    if (report?.kind === 'reached') lastAt.set(addressId, Math.max(finishedAt, lastAt.get(addressId) ?? 0))
  }
  const reached = [...lastAt]
  return [toKeyColumn(reached, ([addressId]) => addressId), toKeyColumn(reached, ([, at]) => at)]
}

/** The parameters of {@link COLUMNS}, in their order. */
function toColumns(attempts: readonly RecordedAttempt[]): string[] {
  return [
    toKeyColumn(attempts, ({ deliveryId }) => deliveryId),
    toColumn(attempts, ({ leasedBy }) => leasedBy),
    toColumn(attempts, ({ next }) => next.status),
    toColumn(attempts, ({ next }) => (next.status === 'waiting' ? next.nextAttemptAt : null)),
    toColumn(attempts, ({ finishedAt }) => finishedAt),
    toColumn(attempts, ({ addressId }) => addressId),
    toColumn(attempts, ({ report }) => report?.kind === 'reached'),
    toColumn(attempts, ({ spendsSchedule }) => spendsSchedule),
    toColumn(attempts, ({ attempt }) => attempt.resend),
    toColumn(attempts, ({ attempt }) => attempt.number),
    toColumn(attempts, ({ attempt }) => attempt.startedAt),
    toColumn(attempts, ({ attempt }) => attempt.cause),
    toColumn(attempts, ({ attempt }) => storableText(attempt.message)),
    toColumn(attempts, ({ attempt }) => storableText(attempt.url)),
    toJsonColumn(attempts, ({ attempt }) => attempt.requestHeaders),
    toColumn(attempts, ({ attempt }) => attempt.responseStatus),
    toJsonColumn(attempts, ({ attempt }) => attempt.responseHeaders),
    toColumn(attempts, ({ attempt }) => storableText(attempt.responseBody)),
    toColumn(attempts, ({ attempt }) => attempt.responseTruncated),
    toColumn(attempts, ({ attempt }) => attempt.remoteAddress),
    toColumn(attempts, ({ attempt }) => attempt.timing.dnsMs),
    toColumn(attempts, ({ attempt }) => attempt.timing.connectMs),
    toColumn(attempts, ({ attempt }) => attempt.timing.tlsMs),
    toColumn(attempts, ({ attempt }) => attempt.timing.firstByteMs),
    toColumn(attempts, ({ attempt }) => attempt.timing.totalMs),
  ]
}
