import { INTERRUPTED_MESSAGE } from '../mapping.ts'
import type { ProcessRow, ProcessStore } from '../processes.ts'
import { dueJobsOf, type WorkKind } from '../store.ts'
import type { Addresses } from './addresses.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'
import { DISCARDED } from './webhooks.ts'

/**
 * An interrupted run says nothing about its job, so its attempt is given back and the interruption counted. A job that
 * was only taken to be ended (it never started) has none to give back.
 */
const RELEASE_JOBS = `
  update jobs set leased_by = null, due_at = ?1,
    attempts = case when status = 'pending' then max(attempts - 1, 0) else attempts end,
    interruptions = interruptions + case when status = 'pending' then 1 else 0 end
  where leased_by = ?2 returning account_id as accountId, lane`

/** Processes and their leases. */
/**
 * A URL as it may be recorded: attempts outlive webhooks, whose passwords are gone when they are removed. In a URL that was
 * saved, only the end of the credentials is an "@" before the path, which begins behind the eight characters of "https://".
 */
const WITHOUT_CREDENTIALS = `case when instr(url, '@') between 1 and instr(substr(url, 9), '/') + 8
  then substr(url, 1, instr(url, '://') + 2) || '***' || substr(url, instr(url, '@')) else url end`

export function processOperations(
  database: Database,
  addresses: Addresses,
  wake: (kind: WorkKind) => void,
): Synchronous<ProcessStore> {
  const insert = database.prepare(
    'insert into processes (id, host, pid, started_at, expires_at) values (?, ?, ?, ?, ?)',
  )
  const list = database.prepare<ProcessRow>(
    'select id, host, pid, started_at as startedAt, expires_at as expiresAt from processes order by id',
  )
  const renew = database.prepare('update processes set expires_at = ? where id = ?')
  const remove = database.prepare('delete from processes where id = ? and expires_at < ?')
  const loseProbes = database.prepare('update lanes set paused_until = ?, probed_by = null where probed_by = ?')
  const releaseJobs = database.prepare<{ accountId: string; lane: string }>(RELEASE_JOBS)
  const leasedAddresses = database.prepare<{ addressId: string }>(
    'select distinct address_id as addressId from deliveries where leased_by = ?',
  )
  const insertInterrupted = database.prepare(
    `insert into attempts (delivery_id, number, started_at, cause, message, url, request_headers, total_ms, resend)
     select id, attempt_count + 1, ?1, 'interrupted', ?2, ${WITHOUT_CREDENTIALS}, '[]', 0, resend
     from (
       select d.id, d.attempt_count, d.resend, coalesce(d.url, w.url, '') as url
       from deliveries d left join webhooks w on w.id = d.webhook_id where d.leased_by = ?3
     )`,
  )
  const discardDeliveries = database.prepare(
    `update deliveries set ${DISCARDED}, attempt_count = attempt_count + 1,
       last_cause = 'interrupted', leased_by = null
     where leased_by = ?2 and trigger <> 'test' and webhook_id in (select id from webhooks where enabled = 0)`,
  )
  const releaseDeliveries = database.prepare(
    `update deliveries set status = 'waiting', next_attempt_at = ?1, attempt_count = attempt_count + 1,
       last_cause = 'interrupted', leased_by = null
     where leased_by = ?2`,
  )

  return {
    insertProcess({ id, host, pid, startedAt, expiresAt }) {
      insert.run(id, host, pid, startedAt, expiresAt)
    },
    listProcesses: () => list.all(),
    renewProcess: (processId, expiresAt) => renew.run(expiresAt, processId) > 0,
    releaseProcess(processId, now, { expiredBefore = Number.MAX_SAFE_INTEGER } = {}) {
      if (remove.run(processId, expiredBefore) === 0) return null
      const jobs = releaseJobs.all(now, processId)
      loseProbes.run(now, processId)
      const touched = leasedAddresses.all(processId)
      insertInterrupted.run(now, INTERRUPTED_MESSAGE, processId)
      const deliveries = discardDeliveries.run(now, processId) + releaseDeliveries.run(now, processId)
      for (const { addressId } of touched) {
        addresses.probeLost(addressId, processId, now)
        addresses.waitsUntil(addressId, now)
      }
      for (const job of jobs) wake(dueJobsOf(job))
      if (deliveries > 0) wake('deliveries')
      return { jobs: jobs.length, deliveries }
    },
  }
}
