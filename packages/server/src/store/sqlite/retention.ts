import {
  judgeTime,
  noticesUntil,
  payloadsGoAt,
  placeOf,
  type RetentionClock,
  type RetentionStore,
  type ShortKeptJob,
} from '../retention.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'

/**
 * Rows that one call changes before it leaves the rest to the next: a job with many deliveries and attempts counts for
 * more. Everybody else waits meanwhile.
 */
const CHANGES_MAX = 1_000

export const FIND_OLD_JOBS = `select id, created_at as createdAt,
    status in ('success', 'failed') and finished_at < ?2 as isOver, payload_removed_at as payloadRemovedAt
  from jobs where id > ?1 order by id limit +?3`

export const FIND_OLD_DELIVERIES = `select id, created_at as createdAt,
    job_id is null and status in ('delivered', 'failed', 'discarded') and finished_at < ?2 as isOver,
    payload_removed_at as payloadRemovedAt
  from deliveries where id > ?1 order by id limit +?3`

/** Finds a delivery of a job that keeps it: one that has not ended, or not long enough ago. */
const FIND_KEEPING = `select 1 from deliveries where job_id = ?1
  and (status not in ('delivered', 'failed', 'discarded') or finished_at >= ?2) limit 1`

/** Jobs with a time of their own for their payloads that must be looked at; the others are not in this index. */
export const FIND_DUE_PAYLOADS = `select id, created_at as createdAt, payload_retention_ms as payloadRetentionMs,
    payload_removed_at as payloadRemovedAt, case when status in ('success', 'failed') then finished_at end as endedAt
  from jobs where payload_look_at <= ? order by payload_look_at limit +?`

const FIND_LAST_END = `select max(finished_at) as endedAt,
    coalesce(sum(status not in ('delivered', 'failed', 'discarded')), 0) as unfinished
  from deliveries where job_id = ?`

interface DuePayloads extends ShortKeptJob {
  readonly payloadRemovedAt: number | null
  readonly endedAt: number | null
}

interface Found {
  readonly id: string
  readonly createdAt: number
  readonly isOver: number
  readonly payloadRemovedAt: number | null
}

/** Deletes what is old, and removes payloads. */
export function retentionOperations(database: Database): Synchronous<RetentionStore> {
  const findPass = database.prepare<{ place: string; begunAt: number }>(
    'select place, begun_at as begunAt from retention_passes where name = ?',
  )
  const movePass = database.prepare('update retention_passes set place = ?, begun_at = ? where name = ?')
  const findClock = database.prepare<RetentionClock>(
    'select trusted_at as trustedAt, seen_at as seenAt, doubted_ms as doubtedMs from retention_clock',
  )
  const setClock = database.prepare('update retention_clock set trusted_at = ?, seen_at = ?, doubted_ms = ?')
  const findJobs = database.prepare<Found>(FIND_OLD_JOBS)
  const findDeliveries = database.prepare<Found>(FIND_OLD_DELIVERIES)
  const findKeeping = database.prepare(FIND_KEEPING)
  const findDuePayloads = database.prepare<DuePayloads>(FIND_DUE_PAYLOADS)
  const findLastEnd = database.prepare<{ endedAt: number | null; unfinished: number }>(FIND_LAST_END)
  const moveLook = database.prepare('update jobs set payload_look_at = ? where id = ?')
  const deliveriesOf = database.prepare<{ id: string }>('select id from deliveries where job_id = ?')

  const deleteAttempts = database.prepare('delete from attempts where delivery_id = ?')
  const deleteDelivery = database.prepare('delete from deliveries where id = ?')
  const deleteNotices = database.prepare('delete from address_notices where told_at < ?')
  const deleteRuns = database.prepare('delete from job_runs where job_id = ?')
  const deleteJob = database.prepare('delete from jobs where id = ?')
  const emptyAttempts = database.prepare(
    'update attempts set response_body = null where delivery_id = ? and response_body is not null',
  )
  const emptyDelivery = database.prepare(
    `update deliveries set body = '', payload_removed_at = ?2 where id = ?1 and payload_removed_at is null`,
  )
  const emptyJob = database.prepare(
    // The message of a worker's error is a text of its own, and may quote the input. Only failed jobs have one.
    `update jobs set input = '', result = null, payload_removed_at = ?2,
       error_message = case when error_code is not null then 'The message was removed with the payload.' end
     where id = ?1 and payload_removed_at is null`,
  )
  const sweepDocuments = database.prepare<{ id: string }>(
    'update documents set sweep_at = min(sweep_at, ?2) where job_id = ?1 returning id',
  )
  const findJob = database.prepare<{ isOver: number }>(
    `select status in ('success', 'failed') as isOver from jobs where account_id = ? and id = ?`,
  )

  /** Each gives the rows that it changed. */
  const removals = {
    deliveries: (id: string) => deleteAttempts.run(id) + deleteDelivery.run(id),
    delivery_payloads: (id: string, now: number) => emptyAttempts.run(id) + emptyDelivery.run(id, now),
    jobs(id: string, now: number) {
      let changes = 0
      for (const delivery of deliveriesOf.all(id)) changes += removals.deliveries(delivery.id)
      sweepDocuments.all(id, now)
      return changes + deleteRuns.run(id) + deleteJob.run(id)
    },
    job_payloads(id: string, now: number) {
      let changes = 0
      for (const delivery of deliveriesOf.all(id)) changes += removals.delivery_payloads(delivery.id, now)
      sweepDocuments.all(id, now)
      return changes + emptyJob.run(id, now)
    },
  }

  /** When the last of a job and its deliveries ended; null: one has not. */
  function lastEndOf({ id, endedAt }: DuePayloads): number | null {
    const deliveries = findLastEnd.get(id) as { endedAt: number | null; unfinished: number }
    return endedAt === null || deliveries.unfinished > 0 ? null : Math.max(endedAt, deliveries.endedAt ?? 0)
  }

  return {
    trustTime(now) {
      const { trustedAt, seenAt, doubtedMs, isTrusted } = judgeTime(findClock.get() as RetentionClock, now)
      setClock.run(trustedAt, seenAt, doubtedMs)
      return { isTrusted }
    },
    removeOld(slice) {
      const { pass, endedBefore, now, limit } = slice
      const { place, begunAt } = placeOf(findPass.get(pass) as { place: string; begunAt: number }, now)
      const isAboutJobs = pass === 'jobs' || pass === 'job_payloads'
      const rows = (isAboutJobs ? findJobs : findDeliveries).all(place, endedBefore, limit)
      if (pass === 'deliveries' && place === '') deleteNotices.run(noticesUntil(slice))
      let last = place
      let removed = 0
      let changes = 0
      let isAtEnd = rows.length < limit
      for (const row of rows) {
        if (row.createdAt >= endedBefore) {
          isAtEnd = true
          break
        }
        if (changes >= CHANGES_MAX) {
          isAtEnd = false
          break
        }
        last = row.id
        if (row.isOver === 0 || (pass.endsWith('payloads') && row.payloadRemovedAt !== null)) continue
        if (isAboutJobs && findKeeping.get(row.id, endedBefore)) continue
        changes += removals[pass](row.id, now)
        removed += 1
      }
      if (last !== place || place === '') movePass.run(last, begunAt, pass)
      return { removed, isAtEnd }
    },
    removeDuePayloads({ now, limit }) {
      const rows = findDuePayloads.all(now, limit)
      let removed = 0
      let changes = 0
      for (const row of rows) {
        if (changes >= CHANGES_MAX) return { removed, isAtEnd: false }
        // One whose payloads went for another reason needs no look any more.
        const isEmpty = row.payloadRemovedAt !== null
        const goAt = isEmpty ? now : payloadsGoAt(row, lastEndOf(row), now)
        changes += moveLook.run(goAt > now ? goAt : null, row.id)
        if (goAt > now || isEmpty) continue
        changes += removals.job_payloads(row.id, now)
        removed += 1
      }
      return { removed, isAtEnd: rows.length < limit }
    },
    expungeJob({ accountId, jobId, now }) {
      const job = findJob.get(accountId, jobId)
      if (!job) return null
      if (job.isOver === 0) return 'unfinished'
      if (findKeeping.get(jobId, Number.MAX_SAFE_INTEGER)) return 'delivering'
      removals.job_payloads(jobId, now)
      return { documentIds: sweepDocuments.all(jobId, now).map(({ id }) => id) }
    },
  }
}
