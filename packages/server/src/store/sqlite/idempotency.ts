import type { IdempotencyStore, KeyedJob } from '../idempotency.ts'
import type { NewJob } from '../jobs.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'

/** Keys of dispatches. All calls run one after another in the write transaction, so looking and claiming is one step. */
export function idempotencyOperations(
  database: Database,
  insertJob: (job: NewJob) => { readonly leased: boolean },
): Synchronous<IdempotencyStore> {
  const claim = database.prepare(
    `insert into idempotency_keys (account_id, key, fingerprint, job_id, created_at) values (?, ?, ?, ?, ?)
     on conflict do nothing`,
  )
  const find = database.prepare<KeyedJob>(
    'select job_id as jobId, fingerprint from idempotency_keys where account_id = ? and key = ?',
  )
  const forget = database.prepare(
    `delete from idempotency_keys where (account_id, key) in
       (select account_id, key from idempotency_keys where created_at < ? order by created_at limit +?)`,
  )

  return {
    insertJobOnce(job, { key, fingerprint }) {
      const { id: jobId, accountId } = job
      if (claim.run(accountId, key, fingerprint, jobId, job.createdAt) === 0) {
        return { inserted: false, leased: false, ...(find.get(accountId, key) as KeyedJob) }
      }
      return { inserted: true, jobId, fingerprint, ...insertJob(job) }
    },
    findIdempotencyKey: (accountId, key) => find.get(accountId, key) ?? null,
    forgetIdempotencyKeys: ({ claimedBefore, limit }) => forget.run(claimedBefore, limit),
  }
}
