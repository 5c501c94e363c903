import type { RecordedAttempt } from '../deliveries.ts'
import { storableText } from '../mapping.ts'
import { type Batched, batched } from './batched.ts'
import { type Connection, statement } from './database.ts'

/**
 * Writes a batch of attempts and what comes of their deliveries: one statement, so one transaction and one round trip.
 * `recorded` holds only deliveries whose lease was still there, and the attempts follow from it.
 *
 * `is not distinct from` keeps the planner from searching by lease, as in `finish-job.ts`.
 *
 * Whether the webhook is still on is asked only for a retry: nearly all deliveries end and skip that look-up.
 */
export const RECORD_ATTEMPTS = statement(
  'record_attempts',
  `
  with input as materialized (
    select * from json_to_recordset($1) as i (
      ordinal integer, delivery_id text, leased_by text, next_status text, next_attempt_at bigint, finished_at bigint,
      number integer, started_at bigint, cause text, message text, url text, request_headers text,
      response_status integer, response_headers text, response_body text, response_truncated boolean,
      remote_address text, dns_ms double precision, connect_ms double precision, tls_ms double precision,
      first_byte_ms double precision, total_ms double precision
    )
  ),
  holders as materialized (
    select id from processes where id in (select leased_by from input) for key share
  ),
  recorded as (
    update deliveries d
    set (status, next_attempt_at, finished_at) = (
        select r.status, case when r.status = 'waiting' then i.next_attempt_at end,
          case when r.status <> 'waiting' then i.finished_at end
        from (
          select case
            when i.next_status = 'waiting' and d.trigger <> 'test'
              and (select not w.enabled from webhooks w where w.id = d.webhook_id) then 'discarded'
            else i.next_status end as status
        ) r
      ),
      attempt_count = i.number,
      failure_count = d.failure_count + case when i.cause is null or i.cause = 'interrupted' then 0 else 1 end,
      last_cause = i.cause, leased_by = null
    from input i
    where d.id = i.delivery_id and d.leased_by is not distinct from i.leased_by
      and d.attempt_count = i.number - 1 and (select count(*) from holders) > 0
    returning i.ordinal, d.next_attempt_at
  ),
  added as (
    insert into attempts (delivery_id, number, started_at, cause, message, url, request_headers, response_status,
      response_headers, response_body, response_truncated, remote_address, dns_ms, connect_ms, tls_ms, first_byte_ms,
      total_ms)
    select i.delivery_id, i.number, i.started_at, i.cause, i.message, i.url, i.request_headers, i.response_status,
      i.response_headers, i.response_body, i.response_truncated, i.remote_address, i.dns_ms, i.connect_ms, i.tls_ms,
      i.first_byte_ms, i.total_ms
    from input i join recorded r on r.ordinal = i.ordinal
  )
  select ordinal, next_attempt_at as "nextAttemptAt" from recorded
  `,
)

/**
 * `onRetryPlanned` is called when a delivery waits for its next attempt. Only this process is told: it is the one with
 * a timer to set, and the others look for themselves every few seconds.
 */
export function recordAttempts(database: Connection, onRetryPlanned: () => void): Batched<RecordedAttempt, boolean> {
  return batched({
    sizeOf: ({ attempt }) => attempt.responseBody?.length ?? 0,
    async run(attempts) {
      const rows = await database.run<{ ordinal: number; nextAttemptAt: number | null }>(RECORD_ATTEMPTS, [
        JSON.stringify(attempts.map(toInput)),
      ])
      if (rows.some((row) => row.nextAttemptAt !== null)) onRetryPlanned()
      const recorded = new Set(rows.map((row) => row.ordinal))
      return attempts.map((_, ordinal) => recorded.has(ordinal))
    },
  })
}

function toInput({ deliveryId, leasedBy, attempt, next, finishedAt }: RecordedAttempt, ordinal: number) {
  return {
    ordinal,
    delivery_id: deliveryId,
    leased_by: leasedBy,
    next_status: next.status,
    next_attempt_at: next.status === 'waiting' ? next.nextAttemptAt : null,
    finished_at: finishedAt,
    number: attempt.number,
    started_at: attempt.startedAt,
    cause: attempt.cause,
    message: storableText(attempt.message),
    url: storableText(attempt.url),
    request_headers: JSON.stringify(attempt.requestHeaders),
    response_status: attempt.responseStatus,
    response_headers: attempt.responseHeaders && JSON.stringify(attempt.responseHeaders),
    response_body: storableText(attempt.responseBody),
    response_truncated: attempt.responseTruncated,
    remote_address: attempt.remoteAddress,
    dns_ms: attempt.timing.dnsMs,
    connect_ms: attempt.timing.connectMs,
    tls_ms: attempt.timing.tlsMs,
    first_byte_ms: attempt.timing.firstByteMs,
    total_ms: attempt.timing.totalMs,
  }
}
