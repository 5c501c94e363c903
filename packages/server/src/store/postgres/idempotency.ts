import type { Idempotency, IdempotencyStore, KeyedJob } from '../idempotency.ts'
import type { NewJob } from '../jobs.ts'
import { batched } from './batched.ts'
import { type Database, statement } from './database.ts'
import { addedJobs, JOB_COLUMNS, toJobInput } from './insert-job.ts'
import { notifyOfJobs } from './notify.ts'

/**
 * Claims keys and writes the jobs of those that were free, in one statement; gives these. A key that another
 * transaction is just claiming is waited for: afterwards it is taken, or free again. All claim in the order of the keys,
 * so that no two batches wait for each other.
 *
 * A statement of its own beside that of `insert-job.ts`, so that dispatches without a key pay nothing for keys.
 */
const INSERT_JOBS_ONCE = statement(
  'insert_jobs_once',
  `
  with input as (
    select * from json_to_recordset($1) as i (${JOB_COLUMNS}, key text, fingerprint text)
  ),
  claimed as (
    insert into idempotency_keys (account_id, key, fingerprint, job_id, created_at)
    select account_id, key, fingerprint, id, created_at from input order by account_id collate "C", key collate "C"
    on conflict do nothing
    returning job_id
  ),
  fresh as (
    select i.* from input i join claimed c on c.job_id = i.id
  ),
  ${addedJobs('fresh')},
  told as materialized (${notifyOfJobs('added where due_at is not null')})
  select id as "jobId", due_at is null as leased, (select count(*) from told) as told from added
  `,
)

const FIND_KEY = statement(
  'find_idempotency_key',
  'select job_id as "jobId", fingerprint from idempotency_keys where account_id = $1 and key = $2',
)

/** Rows that another process is just forgetting are left to it. */
const FORGET_KEYS = statement(
  'forget_idempotency_keys',
  `
  delete from idempotency_keys where (account_id, key) in
    (select account_id, key from idempotency_keys where created_at < $1 order by created_at limit $2
      for update skip locked)
  returning 1
  `,
)

interface KeyedDispatch {
  readonly job: NewJob
  readonly idempotency: Idempotency
}

interface InsertedJob {
  readonly jobId: string
  readonly leased: boolean
}

/** Keys of dispatches. `idle` resolves when no batch is under way. */
export function idempotencyOperations(database: Database): IdempotencyStore & { idle(): Promise<void> } {
  const inserts = batched<KeyedDispatch, InsertedJob | null>({
    sizeOf: ({ job }) => job.input.length,
    async run(dispatches) {
      const input = dispatches.map(({ job, idempotency }, ordinal) => ({ ...toJobInput(job, ordinal), ...idempotency }))
      const rows = await database.run<InsertedJob>(INSERT_JOBS_ONCE, [JSON.stringify(input)])
      const inserted = new Map(rows.map((row) => [row.jobId, row]))
      return dispatches.map(({ job }) => inserted.get(job.id) ?? null)
    },
  })

  async function find(accountId: string, key: string): Promise<KeyedJob | null> {
    const [row] = await database.run<KeyedJob>(FIND_KEY, [accountId, key])
    return row ?? null
  }

  return {
    async insertJobOnce(job, idempotency) {
      for (;;) {
        const inserted = await inserts.add({ job, idempotency })
        if (inserted) {
          return { inserted: true, jobId: job.id, fingerprint: idempotency.fingerprint, leased: inserted.leased }
        }
        const earlier = await find(job.accountId, idempotency.key)
        // None: the key was forgotten between the two statements, and is free now.
        if (earlier) return { inserted: false, leased: false, ...earlier }
      }
    },
    findIdempotencyKey: find,
    async forgetIdempotencyKeys({ claimedBefore, limit }) {
      return (await database.run(FORGET_KEYS, [claimedBefore, limit])).length
    },
    idle: inserts.idle,
  }
}
