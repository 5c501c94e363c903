import {
  CLOCK_AHEAD_MS,
  type ClockStore,
  JOB_AHEAD_MS_MAX,
  LISTENER_AHEAD_MS_MAX,
  PAUSE_AHEAD_MS_MAX,
} from '../clock.ts'
import { listenerOf } from '../store.ts'
import { plannedReadyAt } from './addresses.ts'
import type { Database } from './database.ts'
import { notify } from './notify.ts'

/** `$1` is now, and nothing is planned for later than `$2` unless there is a reason. */
const REPLAN_JOBS = `
  update jobs
  set due_at = $1::bigint + case when started_at > $2 then greatest(due_at - started_at, 0) else 0 end
  where due_at > $2 and (started_at is null or (started_at > $2 and due_at > started_at) or due_at > $3)
  returning 1`

/** Every address that is written below, or of which a delivery is. */
const LOCK_ADDRESSES = `
  select id from addresses a
  where ready_at > $1 or rate_ready_at > $1 or paused_until > $2 or last_failure_at > $1 or failing_since > $1
    or last_success_at > $1
    or exists (select from deliveries d where d.address_id = a.id and d.next_attempt_at > $1)
  order by id
  for update`

/** A delivery that waits for its next attempt was planned from its last one. `$3`: addresses and listeners. */
const REPLAN_DELIVERIES = `
  update deliveries d
  set next_attempt_at = $1::bigint
    + case when d.failure_count = 0 or d.resend then 0 else d.next_attempt_at - far.started_at end
  from (
    select f.id, a.started_at
    from deliveries f left join attempts a on a.delivery_id = f.id and a.number = f.attempt_count
    where f.address_id = any($3) and f.next_attempt_at > $2
      and (f.failure_count = 0 or f.resend or (a.started_at > $2 and f.next_attempt_at > a.started_at))
  ) far
  where d.id = far.id and d.next_attempt_at > $2
  returning 1`

const REPLAN_ADDRESSES = `
  update addresses
  set rate_ready_at = case when rate_ready_at > $2 then 0 else rate_ready_at end,
    paused_until = case
      when last_failure_at > $2 and paused_until > last_failure_at then $1::bigint + paused_until - last_failure_at
      when paused_until > $3 then $1::bigint
      else paused_until end,
    last_failure_at = case when last_failure_at is not null then least(last_failure_at, $1::bigint) end,
    failing_since = case when failing_since is not null then least(failing_since, $1::bigint) end,
    last_success_at = case when last_success_at is not null then least(last_success_at, $1::bigint) end
  where id = any($4)
    and (rate_ready_at > $2 or paused_until > $3 or last_failure_at > $2 or failing_since > $2 or last_success_at > $2)
  returning 1`

/** A listener that nobody reads is forgotten in time, and gives its place to another. */
const REPLAN_LISTENERS = 'update listeners set expires_at = least(expires_at, $1) returning id'

const PLAN_ADDRESSES = `update addresses a set ready_at = ${plannedReadyAt('$2::bigint')} where a.id = any($1)`

/** Plans again what a clock that was ahead has planned, in the order of locks that `addresses.ts` tells. */
export function replanOperations(database: Database): ClockStore {
  return {
    replan: (now) =>
      database.transaction(async (connection) => {
        const ahead = now + CLOCK_AHEAD_MS
        const pauseEnd = now + PAUSE_AHEAD_MS_MAX
        const jobs = await connection.run(REPLAN_JOBS, [now, ahead, now + JOB_AHEAD_MS_MAX])
        if (jobs.length > 0) {
          await notify(connection, 'jobs')
          await notify(connection, 'worker_jobs')
        }
        const locked = await connection.run<{ id: string }>(LOCK_ADDRESSES, [ahead, pauseEnd])
        const ids = locked.map(({ id }) => id)
        const listeners = await connection.run<{ id: string }>(REPLAN_LISTENERS, [now + LISTENER_AHEAD_MS_MAX])
        const places = [...ids, ...listeners.map(({ id }) => id)]
        if (places.length === 0) return { jobs: jobs.length, deliveries: 0, addresses: 0 }
        const deliveries = await connection.run(REPLAN_DELIVERIES, [now, ahead, places])
        const changed = await connection.run(REPLAN_ADDRESSES, [now, ahead, pauseEnd, ids])
        if (deliveries.length + changed.length > 0) {
          await connection.run(PLAN_ADDRESSES, [ids, now])
          await notify(connection, 'deliveries')
        }
        if (deliveries.length > 0) {
          for (const { id } of listeners) await notify(connection, listenerOf(id))
        }
        return { jobs: jobs.length, deliveries: deliveries.length, addresses: changed.length }
      }),
  }
}
