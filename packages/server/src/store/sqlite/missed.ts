import type { RecoverPlace } from '../deliveries.ts'
import type { MissedJob, MissedStore } from '../missed.ts'
import type { WorkKind } from '../store.ts'
import type { Addresses } from './addresses.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'

/**
 * Walks the index of the account's jobs, and looks each up in that of the deliveries by job. Only of a job without a
 * delivery the columns behind input and result are read: SQLite reads through both for them, however long they are.
 */
export const LIST_MISSED = `
  select j.id, j.type, j.status, j.created_at as createdAt,
    case when j.status not in ('success', 'failed') then 0
      when exists (select 1 from deliveries d where d.job_id = j.id and d.webhook_id = ?4) then 0
      else j.payload_removed_at is null and (j.job_webhook_url is null or ?5) end as isMissed
  from jobs j
  where j.account_id = ?1 and j.created_at >= ?2 and j.created_at < ?3 and (j.created_at, j.id) > (?6, ?7)
  order by j.created_at, j.id limit +?8`

/** What a webhook was never told of. `wake` is told what may be due now. */
export function missedOperations(
  database: Database,
  addresses: Addresses,
  wake: (kind: WorkKind) => void,
): Synchronous<MissedStore> {
  const list = database.prepare<MissedJob & RecoverPlace & { isMissed: number }>(LIST_MISSED)
  const insert = database.prepare(
    `insert into deliveries (id, account_id, webhook_id, address_id, job_id, job_type, job_status, trigger, status,
       next_attempt_at, created_at, body)
     select ?3, j.account_id, w.id, w.id, j.id, j.type, j.status, 'job', 'waiting', ?2, ?2, ?5
     from jobs j join webhooks w on w.id = ?1 and w.account_id = j.account_id
     where j.id = ?4 and w.enabled = 1 and j.payload_removed_at is null
       and not exists (select 1 from deliveries d where d.job_id = j.id and d.webhook_id = w.id)`,
  )

  return {
    listMissed({ accountId, webhookId, since, until, besideJobWebhooks }, { limit, after }) {
      const place = [after?.createdAt ?? since, after?.id ?? ''] as const
      const rows = list.all(accountId, since, until, webhookId, besideJobWebhooks ? 1 : 0, ...place, limit)
      const missed = rows.filter(({ isMissed }) => isMissed === 1)
      const last = rows.length === limit ? rows.at(-1) : undefined
      return {
        missed: missed.map(({ id, type, status }) => ({ id, type, status })),
        last: last ? { createdAt: last.createdAt, id: last.id } : null,
      }
    },
    insertLateDeliveries(webhookId, deliveries, now) {
      let written = 0
      for (const { id, jobId, body } of deliveries) written += insert.run(webhookId, now, id, jobId, body)
      if (written > 0) {
        addresses.waitsUntil(webhookId, now)
        wake('deliveries')
      }
      return written
    },
  }
}
