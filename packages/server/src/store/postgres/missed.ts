import type { RecoverPlace } from '../deliveries.ts'
import type { MissedJob, MissedStore } from '../missed.ts'
import { lockAddresses, lowerReady } from './addresses.ts'
import { type Database, statement } from './database.ts'
import { notify } from './notify.ts'

/**
 * Walks the index of the account's jobs, and looks each up in that of the deliveries by job. `offset 0` says so: without it
 * the planner may read all deliveries into a table to look in, by what its statistics happen to be.
 */
export const LIST_MISSED = statement(
  'list_missed',
  `
  select j.id, j.type, j.status, j.created_at as "createdAt",
    j.finished_at is not null and j.payload_removed_at is null and (j.job_webhook_url is null or $5::boolean)
      and not exists (select 1 from deliveries d where d.job_id = j.id and d.webhook_id = $4 offset 0) as "isMissed"
  from jobs j
  where j.account_id = $1 and j.created_at >= $2 and j.created_at < $3 and (j.created_at, j.id) > ($6, $7)
  order by j.created_at, j.id limit $8
  `,
)

/**
 * The address is locked: who else does the same has committed, or waits. So is each job, after which it is looked at again:
 * who is removing its payload has committed, or waits and then finds the delivery.
 */
const INSERT_LATE = statement(
  'insert_late_deliveries',
  `
  insert into deliveries (id, account_id, webhook_id, address_id, job_id, job_type, job_status, trigger, status,
    next_attempt_at, created_at, body)
  select i.id, j.account_id, w.id, w.id, j.id, j.type, j.status, 'job', 'waiting', $2::bigint, $2::bigint, i.body
  from unnest($3::text[], $4::text[], $5::text[]) as i (id, job_id, body)
  join jobs j on j.id = i.job_id
  join webhooks w on w.id = $1 and w.account_id = j.account_id
  where w.enabled and j.payload_removed_at is null
    and not exists (select 1 from deliveries d where d.job_id = j.id and d.webhook_id = w.id)
  for share of j
  returning 1
  `,
)

/** What a webhook was never told of. */
export function missedOperations(database: Database): MissedStore {
  return {
    async listMissed({ accountId, webhookId, since, until, besideJobWebhooks }, { limit, after }) {
      const place = [after?.createdAt ?? since, after?.id ?? '']
      const parameters = [accountId, since, until, webhookId, besideJobWebhooks, ...place, limit]
      const rows = await database.run<MissedJob & RecoverPlace & { isMissed: boolean }>(LIST_MISSED, parameters)
      const missed = rows.filter(({ isMissed }) => isMissed)
      const last = rows.length === limit ? rows.at(-1) : undefined
      return {
        missed: missed.map(({ id, type, status }) => ({ id, type, status })),
        last: last ? { createdAt: last.createdAt, id: last.id } : null,
      }
    },
    insertLateDeliveries: (webhookId, deliveries, now) =>
      database.transaction(async (connection) => {
        await lockAddresses(connection, [webhookId])
        const columns = [
          deliveries.map(({ id }) => id),
          deliveries.map(({ jobId }) => jobId),
          deliveries.map(({ body }) => body),
        ]
        const written = await connection.run(INSERT_LATE, [webhookId, now, ...columns])
        if (written.length === 0) return 0
        await lowerReady(connection, [webhookId], now)
        await notify(connection, 'deliveries')
        return written.length
      }),
  }
}
