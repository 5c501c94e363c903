import { INTERRUPTED_MESSAGE } from '../mapping.ts'
import type { ReleasedWork } from '../processes.ts'
import { lockAddresses, lowerReady } from './addresses.ts'
import type { Database } from './database.ts'
import { findLeased, forgetLeases } from './delivery-leases.ts'
import { notifyIfAny, notifyOfJobs } from './notify.ts'

/**
 * Takes the row exclusively. Every statement that leases holds it shared until it commits (`for key share`), so when we
 * have it, all that was leased to the process is committed and visible to our next statements; and a statement that was
 * waiting for us finds no row any more and leases nothing. Without that, a process that was paused, taken for dead and
 * released could wake up and lease work to an id that nobody will ever release again.
 *
 * The process always comes before its jobs and deliveries. Statements that change leased rows count the rows of
 * `holders` in their condition for that: it makes the server take the lock before the first row is changed. Without it
 * they and a release waited for each other, until the server broke the deadlock after a second.
 */
const LOCK_PROCESS = `select id, enters_leases as "entersLeases" from processes
  where id = $1 and ($2::bigint is null or expires_at < $2) for update`

/**
 * An interrupted run says nothing about its job, so its attempt is given back and the interruption counted. A job that
 * was only taken to be ended (it never started) has none to give back.
 */
const RELEASE_JOBS = `
  with released as (
    update jobs set due_at = $2, leased_by = null,
      attempts = case when status = 'pending' then greatest(attempts - 1, 0) else attempts end,
      interruptions = interruptions + case when status = 'pending' then 1 else 0 end
    where leased_by = $1 returning account_id, lane
  ),
  told as materialized (${notifyOfJobs('released')})
  select count(*) as count, (select count(*) from told) as told from released`

/**
 * A URL as it may be recorded: attempts outlive webhooks, whose passwords are gone when they are removed.
 */
const WITHOUT_CREDENTIALS = `regexp_replace(coalesce(d.url, w.url, ''), '^([a-z]+://)[^/@]*@', '\\1***@')`

const RELEASE_DELIVERIES = `
  with released as (
    select d.id, d.attempt_count + 1 as number, ${WITHOUT_CREDENTIALS} as url, d.resend,
      d.trigger <> 'test' and not coalesce(w.enabled, true) as discard
    from deliveries d left join webhooks w on w.id = d.webhook_id
    where d.id = any($4) and d.leased_by is not distinct from $1
  ),
  changed as (
    update deliveries d
    set status = case when not r.discard then 'waiting' when d.delivered_at is null then 'discarded' else 'delivered' end,
      leased_by = null, attempt_count = r.number, resend = d.resend and not r.discard,
      last_cause = 'interrupted', next_attempt_at = case when r.discard then null else $2::bigint end,
      finished_at = case when r.discard then $2::bigint end
    from released r where d.id = r.id and d.leased_by is not distinct from $1
    returning d.id, r.number, r.url, r.resend
  ),
  added as (
    insert into attempts (delivery_id, number, started_at, cause, message, url, request_headers, total_ms, resend)
    select id, number, $2, 'interrupted', $3, url, '[]', 0, resend from changed
  ),
  told as materialized (${notifyIfAny('deliveries', 'changed')})
  select count(*) as count, (select count(*) from told) as told from changed`

const LOSE_LANE_PROBES = 'update lanes set paused_until = $2, probed_by = null where probed_by = $1'

/** The probe of a failing address that the process had under way is lost with it: another may go at once. */
const LOSE_PROBES = 'update addresses set paused_until = $3, probed_by = null where id = any($1) and probed_by = $2'

const DELETE_PROCESS = 'delete from processes where id = $1'

/** Ends a process and gives back all it had leased, in one transaction; null when there was nothing to end. */
export function releaseProcess(
  database: Database,
  processId: string,
  now: number,
  expiredBefore: number | null,
): Promise<ReleasedWork | null> {
  return database.transaction(async (connection) => {
    const [locked] = await connection.run<{ id: string; entersLeases: boolean }>(LOCK_PROCESS, [
      processId,
      expiredBefore,
    ])
    if (!locked) return null
    await connection.run(LOSE_LANE_PROBES, [processId, now])
    const [jobs] = await connection.run<{ count: number }>(RELEASE_JOBS, [processId, now])
    const leased = await findLeased(connection, locked)
    const addressIds = [...new Set(leased.map(({ addressId }) => addressId))]
    await lockAddresses(connection, addressIds)
    await connection.run(LOSE_PROBES, [addressIds, processId, now])
    await lowerReady(connection, addressIds, now)
    const [deliveries] = await connection.run<{ count: number }>(RELEASE_DELIVERIES, [
      processId,
      now,
      INTERRUPTED_MESSAGE,
      leased.map(({ id }) => id),
    ])
    await forgetLeases(connection, processId)
    await connection.run(DELETE_PROCESS, [processId])
    return { jobs: jobs?.count ?? 0, deliveries: deliveries?.count ?? 0 }
  })
}
