import { payloadsGoAt, type RetentionProgress, type RetentionStore, type ShortKeptJob } from '../retention.ts'
import { type Connection, type Database, statement } from './database.ts'
import { COUNT_DELIVERIES, emptyAll } from './retention.ts'

/**
 * Jobs with a time of their own for their payloads that must be looked at. What another process is just looking at, or
 * somebody else holds, is passed by. One that runs is locked for a moment too: its end waits for us, and we for nobody.
 */
export const LOCK_DUE_PAYLOADS = statement(
  'lock_due_payloads',
  `
  select id, created_at as "createdAt", payload_retention_ms as "payloadRetentionMs",
    payload_removed_at is not null as "isEmpty", case when status in ('success', 'failed') then finished_at end as "endedAt"
  from jobs where payload_look_at <= $1 order by payload_look_at limit $2 for update skip locked
  `,
)

/** All deliveries of the jobs that nobody holds; `endedAt` is null while one waits or is being sent. */
export const LOCK_ENDS_OF_DELIVERIES = statement(
  'lock_ends_of_deliveries',
  `
  select id, job_id as "jobId", case when status not in ('waiting', 'sending') then finished_at end as "endedAt"
  from deliveries where job_id = any ($1::text[]) for update skip locked
  `,
)

export const MOVE_LOOKS = statement(
  'move_payload_looks',
  `
  update jobs j set payload_look_at = i.look_at from unnest($1::text[], $2::bigint[]) as i (id, look_at)
  where j.id = i.id and j.id = any ($1::text[])
  `,
)

interface DuePayloads extends ShortKeptJob {
  readonly isEmpty: boolean
  readonly endedAt: number | null
}

interface DeliveryEnd {
  readonly id: string
  readonly jobId: string
  readonly endedAt: number | null
}

/** Removes the payloads of jobs that keep them for a time of their own. */
export function duePayloadOperations(database: Database): Pick<RetentionStore, 'removeDuePayloads'> {
  return { removeDuePayloads: (look) => database.transaction((connection) => removeDuePayloads(connection, look)) }
}

async function removeDuePayloads(
  connection: Connection,
  { now, limit }: { now: number; limit: number },
): Promise<RetentionProgress> {
  const jobs = await connection.run<DuePayloads>(LOCK_DUE_PAYLOADS, [now, limit])
  if (jobs.length === 0) return { removed: 0, isAtEnd: true }
  const ids = jobs.map(({ id }) => id)
  const deliveries = await connection.run<DeliveryEnd>(LOCK_ENDS_OF_DELIVERIES, [ids])
  // After the locks: one that somebody holds is counted and not locked, so it has not ended.
  const counts = await connection.run<{ jobId: string; count: number }>(COUNT_DELIVERIES, [ids])
  const unfinished = new Map(counts.map(({ jobId, count }) => [jobId, count]))
  const lastEnds = new Map<string, number>()
  for (const { jobId, endedAt } of deliveries) {
    if (endedAt === null) continue
    unfinished.set(jobId, (unfinished.get(jobId) ?? 0) - 1)
    lastEnds.set(jobId, Math.max(lastEnds.get(jobId) ?? 0, endedAt))
  }
  const looks = jobs.map((job) => {
    // One whose payloads went for another reason needs no look any more.
    if (job.isEmpty) return { job, goAt: now }
    const hasEnded = job.endedAt !== null && (unfinished.get(job.id) ?? 0) === 0
    const endedAt = hasEnded ? Math.max(job.endedAt, lastEnds.get(job.id) ?? 0) : null
    return { job, goAt: payloadsGoAt(job, endedAt, now) }
  })
  await connection.run(MOVE_LOOKS, [ids, looks.map(({ goAt }) => (goAt > now ? goAt : null))])
  const jobIds = looks.flatMap(({ job, goAt }) => (goAt > now || job.isEmpty ? [] : [job.id]))
  if (jobIds.length > 0) {
    const going = new Set(jobIds)
    const deliveryIds = deliveries.filter(({ jobId }) => going.has(jobId)).map(({ id }) => id)
    await emptyAll(connection, { jobIds, deliveryIds }, now)
  }
  return { removed: jobIds.length, isAtEnd: jobs.length < limit }
}
