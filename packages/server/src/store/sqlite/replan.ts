import {
  CLOCK_AHEAD_MS,
  type ClockStore,
  JOB_AHEAD_MS_MAX,
  LISTENER_AHEAD_MS_MAX,
  PAUSE_AHEAD_MS_MAX,
} from '../clock.ts'
import { listenerOf, type WorkKind } from '../store.ts'
import type { Addresses } from './addresses.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'

/** When the last attempt of a delivery began: its next one was planned from then. */
const PLANNED_FROM =
  '(select a.started_at from attempts a where a.delivery_id = deliveries.id and a.number = deliveries.attempt_count)'

/**
 * Plans again what a clock that was ahead has planned; `?1` is now, and nothing is planned for later than `?2` unless
 * there is a reason. Deliveries are found by address, or by listener: the many that are due already are not looked at.
 */
export function replanOperations(
  database: Database,
  addresses: Addresses,
  wake: (kind: WorkKind) => void,
): Synchronous<ClockStore> {
  const replanJobs = database.prepare(
    `update jobs set due_at = ?1 + case when started_at > ?2 then max(due_at - started_at, 0) else 0 end
     where due_at is not null and due_at > ?2
       and (started_at is null or (started_at > ?2 and due_at > started_at) or due_at > ?3)`,
  )
  const replanDeliveries = database.prepare(
    `update deliveries set next_attempt_at =
       ?1 + case when failure_count = 0 or resend = 1 then 0 else next_attempt_at - ${PLANNED_FROM} end
     where id in (select d.id from addresses x cross join deliveries d
         where d.address_id = x.id and d.next_attempt_at is not null and d.next_attempt_at > ?2
       union all
       select d.id from listeners l cross join deliveries d
         where d.address_id = l.id and d.next_attempt_at is not null and d.next_attempt_at > ?2)
       and (failure_count = 0 or resend = 1 or (${PLANNED_FROM} > ?2 and next_attempt_at > ${PLANNED_FROM}))`,
  )
  const replanAddresses = database.prepare(
    `update addresses set
       rate_ready_at = case when rate_ready_at > ?2 then 0 else rate_ready_at end,
       paused_until = case
         when last_failure_at > ?2 and paused_until > last_failure_at then ?1 + paused_until - last_failure_at
         when paused_until > ?3 then ?1
         else paused_until end,
       last_failure_at = min(last_failure_at, ?1), failing_since = min(failing_since, ?1),
       last_success_at = min(last_success_at, ?1)
     where rate_ready_at > ?2 or paused_until > ?3 or last_failure_at > ?2 or failing_since > ?2 or last_success_at > ?2`,
  )
  const replanListeners = database.prepare('update listeners set expires_at = ?1 where expires_at > ?1')
  const listListeners = database.prepare<{ id: string }>('select id from listeners')
  const findFar = database.prepare<{ id: string }>('select id from addresses where ready_at > ?')

  return {
    replan(now) {
      const ahead = now + CLOCK_AHEAD_MS
      const jobs = replanJobs.run(now, ahead, now + JOB_AHEAD_MS_MAX)
      const deliveries = replanDeliveries.run(now, ahead)
      replanListeners.run(now + LISTENER_AHEAD_MS_MAX)
      const changed = replanAddresses.run(now, ahead, now + PAUSE_AHEAD_MS_MAX)
      if (deliveries + changed > 0) for (const { id } of findFar.all(ahead)) addresses.planNextClaim(id, now)
      if (jobs > 0) {
        wake('jobs')
        wake('worker_jobs')
      }
      if (deliveries + changed > 0) wake('deliveries')
      if (deliveries > 0) for (const { id } of listListeners.all()) wake(listenerOf(id))
      return { jobs, deliveries, addresses: changed }
    },
  }
}
