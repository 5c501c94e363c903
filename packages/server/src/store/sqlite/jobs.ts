import type { JobWebhookMode } from '@ringback/contract'
import { newId } from '../../lib/ids.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import { buildJobList } from '../job-list.ts'
import { type FinishedJob, type JobStore, type NewJob, NO_CAPS } from '../jobs.ts'
import { OFFLINE_LANE, WORKERS_LANE } from '../lane-health.ts'
import { type StoredJob, type StoredListJob, storableText, toJob, toListJob } from '../mapping.ts'
import { dueJobsOf, listenerOf, type WorkKind } from '../store.ts'
import type { Addresses } from './addresses.ts'
import { createClaimJobs, LEASED_JOB_FIELDS, type StoredLease, toLeasedJob } from './claim-jobs.ts'
import { compile, sqliteQueries } from './compiler.ts'
import type { Database } from './database.ts'
import { createRunRecorder } from './job-runs.ts'
import { createIsLeaseholder } from './leaseholders.ts'
import { LISTENER_TARGETS, type ListenerTarget } from './listeners.ts'
import type { Synchronous } from './operations.ts'
import { END_WORKER_LEASE } from './worker-jobs.ts'

/** What `finishJob` must know of an address to write its delivery. */
interface Target {
  webhookId: string
  url: string | null
  includeResult: number
  jobTypes: string | null
  jobStatuses: string | null
  customHeaders: string | null
  retrySchedule: string | null
  rateLimitPerSecond: number | null
  sealedSecret: string | null
  sealedPreviousSecret: string | null
  previousSecretUntil: number | null
}

/** What `finishJob` must know of the job that it ends. */
interface Ending {
  row: number
  accountId: string
  type: string
  jobWebhookUrl: string | null
  runs: number
}

/** Where a delivery goes: a webhook, or a job webhook that is signed with the secret of one. */
interface Destination {
  target: Target
  addressId: string
  /** Null: the URL of the webhook. */
  jobWebhookUrl: string | null
}

/** Job types and statuses are plain words, so their JSON can be searched as text. */
function passes(filter: string | null, word: string): boolean {
  return filter === null || filter.includes(`"${word}"`)
}

const TARGET_FIELDS = `id as webhookId, url, include_result as includeResult, job_types as jobTypes,
  job_statuses as jobStatuses, headers as customHeaders, retry_schedule as retrySchedule,
  rate_limit_per_second as rateLimitPerSecond, sealed_secret as sealedSecret,
  sealed_previous_secret as sealedPreviousSecret, previous_secret_until as previousSecretUntil`

/**
 * Whether a job may start in lane `?1` at `?2` although it has not waited. Two looks into small indices and one at what
 * runs: 1.3 µs without a cap, which counts nothing. The lane is compared with that of the row and not with `?1`, which one
 * of the indices has in its `where`: see {@link Database.prepare}.
 */
export const MAY_START = `
  select l.state = 'healthy' and coalesce(l.paused_until, 0) <= ?2
    and not exists (select 1 from jobs j where j.lane = l.id and j.due_at is not null and j.due_at <= ?2)
    and case when ?4 = ${NO_CAPS.perAccount} then 1 else ?4 > (
      select count(*) from processes p cross join jobs j on j.leased_by = p.id and j.account_id = ?3
      and j.lane <> '${WORKERS_LANE}') end
    and (l.id = '${OFFLINE_LANE}' or ?5 > (
      select count(*) from processes p cross join jobs j on j.leased_by = p.id where j.lane = l.id)) as open
  from lanes l where l.id = ?1`

/** The first moment after `?1` at which a job becomes due or a pause ends. */
export const NEXT_JOB_DUE = `
  select min(due_at) as dueAt from (
    select min(due_at) as due_at from jobs where due_at > ?1
    union all select min(paused_until) from lanes where paused_until > ?1)`

/** Whether jobs were due at `?1` in a lane that is open. */
export const HELD_BACK = `
  select 1 from lanes l where l.served_by = 'runner' and coalesce(l.paused_until, 0) <= ?1
    and exists (select 1 from jobs j where j.lane = l.id and j.due_at is not null and j.due_at <= ?1) limit 1`

/** Jobs that wait since their dispatch. Their `due_at` is that moment, so the oldest are at the front of the index. */
export const FIND_UNSTARTED = `
  select id from jobs where due_at < ? and status = 'new' order by due_at limit +?`

/** The life of a job in the database. `wake` is told what may be due now that nobody has leased. */
export function jobOperations(
  database: Database,
  addresses: Addresses,
  wake: (kind: WorkKind) => void,
): Synchronous<JobStore> {
  const isLeaseholder = createIsLeaseholder(database)
  const claimJobs = createClaimJobs(database)
  const runs = createRunRecorder(database)
  const insert = database.prepare(
    `insert into jobs (id, account_id, type, status, input, job_webhook_url, lane, attempts, runs, due_at, leased_by,
       created_at, started_at)
     values (?, ?, ?, ?, ?, ?, (select id from lanes where id = ?), ?, ?, ?, ?, ?, ?)`,
  )
  const mayStart = database.prepare<{ open: number }>(MAY_START)
  const find = database.prepare<StoredJob>(
    `select j.id, account_id as accountId, type, status, input, result, error_code as errorCode,
       error_message as errorMessage, job_webhook_url as jobWebhookUrl, attempts, j.created_at as createdAt,
       started_at as startedAt, finished_at as finishedAt, lane, due_at as dueAt,
       cancel_requested_at as cancelRequestedAt, payload_removed_at as payloadRemovedAt, l.state as laneState, l.paused_until as lanePausedUntil
     from jobs j join lanes l on l.id = j.lane where account_id = ? and j.id = ?`,
  )
  const findEnded = database.prepare<{ id: string }>(
    `select id from jobs where id in (select value from json_each(?)) and status in ('success', 'failed')`,
  )
  const nextDue = database.prepare<{ dueAt: number | null }>(NEXT_JOB_DUE)
  const isHeldBack = database.prepare(HELD_BACK)
  // Read, then written by row number: `returning` makes a table for its one row. 8.2 µs a job, 10 in one statement.
  const findEnding = database.prepare<Ending>(
    `select rowid as row, account_id as accountId, type, job_webhook_url as jobWebhookUrl, runs
     from jobs where id = ? and leased_by = ?`,
  )
  const finish = database.prepare(
    `update jobs set status = ?, result = ?, error_code = ?, error_message = ?, finished_at = ?, leased_by = null
     where rowid = ?`,
  )
  const reschedule = database.prepare<{ accountId: string; lane: string }>(
    `update jobs set due_at = min(?1, coalesce(cancel_requested_at, ?1)), leased_by = null, attempts = attempts - ?2
     where id = ?3 and leased_by = ?4 and runs = ?5 returning account_id as accountId, lane`,
  )
  const findCancellable = database.prepare<{ isFinal: number; waits: number; leasedBy: string | null }>(
    `select status in ('success', 'failed') as isFinal, due_at is not null or lane = '${WORKERS_LANE}' as waits,
       leased_by as leasedBy
     from jobs where account_id = ? and id = ?`,
  )
  const cancel = database.prepare('update jobs set cancel_requested_at = coalesce(cancel_requested_at, ?) where id = ?')
  const take = database.prepare<StoredLease>(
    `update jobs set leased_by = ?, due_at = null where id = ? returning ${LEASED_JOB_FIELDS}`,
  )
  const endWorkerLease = database.prepare(END_WORKER_LEASE)
  const cancelled = database.prepare<{ id: string }>(
    'select id from jobs where leased_by = ? and leased_by is not null and cancel_requested_at is not null',
  )
  const findUnstarted = database.prepare<{ id: string }>(FIND_UNSTARTED)
  const jobWebhookMode = database.prepare<{ mode: JobWebhookMode }>(
    'select job_webhook_mode as mode from accounts where id = ?',
  )
  const defaultTarget = database.prepare<Target>(
    `select ${TARGET_FIELDS} from webhooks where account_id = ? and name = 'default'`,
  )
  const enabledTargets = database.prepare<Target>(
    `select ${TARGET_FIELDS} from webhooks where account_id = ? and enabled = 1 and purpose = 'jobs'`,
  )
  const enabledTargetsOf = database.remember((accountId) => enabledTargets.all(accountId))
  const listenerTargets = database.prepare<ListenerTarget>(LISTENER_TARGETS)
  const anyListener = database.prepare('select 1 from listeners limit 1')
  // One look a batch where nobody listens, which is nearly always; 3 µs for each account of it otherwise.
  const anybodyListens = database.remember(() => anyListener.get() !== undefined)
  const listenersOf = database.remember((accountId) => listenerTargets.all(accountId))
  const insertForListener = database.prepare(
    `insert into deliveries (id, account_id, listener_id, address_id, job_id, job_type, job_status, trigger, status, url,
       next_attempt_at, created_at, body)
     values (?1, ?2, ?3, ?3, ?4, ?5, ?6, 'job', 'waiting', ?7, ?8, ?8, ?9)`,
  )
  const insertDelivery = database.prepare(
    `insert into deliveries (id, account_id, webhook_id, address_id, job_id, job_type, job_status, trigger, status, url,
       next_attempt_at, leased_by, created_at, body)
     values (?, ?, ?, ?, ?, ?, ?, 'job', ?, ?, ?, ?, ?, ?)`,
  )

  /** Whether a delivery may skip the queue of its address: nothing about the address says wait. */
  function mayBeLeased({ target, addressId, jobWebhookUrl }: Destination, job: FinishedJob): boolean {
    if (jobWebhookUrl === null && target.rateLimitPerSecond !== null) return false
    return addresses.isClear(addressId, job.finishedAt) && !job.fullAddresses?.includes(addressId)
  }

  /** Writes one delivery of a job's end; gives it when it is leased to the process that finished the job. */
  function addDelivery(
    job: FinishedJob,
    { accountId, type }: { accountId: string; type: string },
    { target, addressId, jobWebhookUrl }: Destination,
    leased: boolean,
  ): LeasedDelivery | null {
    const id = newId()
    const webhookId = jobWebhookUrl === null ? target.webhookId : null
    const body = target.includeResult ? job.bodyWithResult : job.body
    insertDelivery.run(
      id,
      accountId,
      webhookId,
      addressId,
      job.id,
      type,
      job.status,
      leased ? 'sending' : 'waiting',
      jobWebhookUrl,
      leased ? null : job.finishedAt,
      leased ? job.leasedBy : null,
      job.finishedAt,
      body,
    )
    if (!leased) {
      addresses.waitsUntil(addressId, job.finishedAt)
      wake('deliveries')
      return null
    }
    return {
      id,
      accountId,
      webhookId,
      jobId: job.id,
      trigger: 'job',
      body,
      url: jobWebhookUrl ?? target.url,
      attemptCount: 0,
      failureCount: 0,
      addressId,
      probe: false,
      resend: false,
      deliveredBefore: false,
      customHeaders: jobWebhookUrl === null ? target.customHeaders : null,
      retrySchedule: jobWebhookUrl === null ? target.retrySchedule : null,
      sealedSecret: target.sealedSecret,
      sealedPreviousSecret: target.sealedPreviousSecret,
      previousSecretUntil: target.previousSecretUntil,
    }
  }

  /** Copies for those who listen, whatever the account's webhooks and the job's own webhook say. */
  function tellListeners(job: FinishedJob, { accountId, type }: { accountId: string; type: string }) {
    if (!anybodyListens('')) return
    for (const { id, url, includeResult, ...listener } of listenersOf(accountId)) {
      if (!passes(listener.jobTypes, type) || !passes(listener.webhookJobTypes, type)) continue
      if (!passes(listener.jobStatuses, job.status)) continue
      const body = includeResult ? job.bodyWithResult : job.body
      insertForListener.run(newId(), accountId, id, job.id, type, job.status, url, job.finishedAt, body)
      wake(listenerOf(id))
    }
  }

  function destinationsOf(
    job: FinishedJob,
    { accountId, type, jobWebhookUrl }: { accountId: string; type: string; jobWebhookUrl: string | null },
  ): Destination[] {
    const destinations: Destination[] = []
    if (jobWebhookUrl !== null && job.jobWebhookAddress !== null) {
      const { id, origin } = job.jobWebhookAddress
      addresses.ensure({ id, accountId, origin, createdAt: job.finishedAt })
      const target = defaultTarget.get(accountId) as Target
      destinations.push({ target, addressId: id, jobWebhookUrl })
      if (jobWebhookMode.get(accountId)?.mode !== 'also') return destinations
    }
    for (const target of enabledTargetsOf(accountId)) {
      if (!passes(target.jobTypes, type) || !passes(target.jobStatuses, job.status)) continue
      destinations.push({ target, addressId: target.webhookId, jobWebhookUrl: null })
    }
    return destinations
  }

  /** Whether a new job may skip the queue: its lane is open, nobody waits in it, and the caps have room. */
  function mayLease({ lane = OFFLINE_LANE, accountId, leasedBy, createdAt, caps = NO_CAPS }: NewJob): boolean {
    if (leasedBy === null || !isLeaseholder(leasedBy)) return false
    return mayStart.get(lane, createdAt, accountId, caps.perAccount, caps.perLane)?.open === 1
  }

  return {
    insertJob(job) {
      const leased = mayLease(job)
      insert.run(
        job.id,
        job.accountId,
        job.type,
        leased ? 'pending' : 'new',
        job.input,
        job.jobWebhookUrl,
        job.lane ?? OFFLINE_LANE,
        leased ? 1 : 0,
        leased ? 1 : 0,
        leased ? null : job.createdAt,
        leased ? job.leasedBy : null,
        job.createdAt,
        leased ? job.createdAt : null,
      )
      if (!leased) wake(dueJobsOf({ lane: job.lane ?? OFFLINE_LANE, accountId: job.accountId }))
      return { leased }
    },
    findJob(accountId, jobId) {
      const row = find.get(accountId, jobId)
      return row ? toJob(row) : null
    },
    findEndedJobs: (jobIds) => findEnded.all(JSON.stringify(jobIds)).map(({ id }) => id),
    listJobs(filter) {
      const { sql, parameters } = compile(buildJobList(sqliteQueries, filter))
      return database.query<StoredListJob>(sql, parameters).map(toListJob)
    },
    claimJobs: (claim) => (isLeaseholder(claim.processId) ? claimJobs(claim) : []),
    nextJobDueAt(after = 0) {
      return isHeldBack.get(after) ? after : (nextDue.get(after)?.dueAt ?? null)
    },
    finishJob(job) {
      const ended = findEnding.get(job.id, job.leasedBy)
      if (!ended) return { finished: false, deliveries: [] }
      finish.run(
        job.status,
        job.result,
        job.error?.code ?? null,
        storableText(job.error?.message ?? null),
        job.finishedAt,
        ended.row,
      )
      // Written out: copying all that a row has takes 1 µs.
      const { accountId, runs: number } = ended
      runs.record({ id: job.id, accountId, runs: number }, job.record ?? null, job.words ?? 0, job.finishedAt)

      const deliveries: LeasedDelivery[] = []
      for (const destination of destinationsOf(job, ended)) {
        const leased = deliveries.length < job.leaseDeliveriesMax && mayBeLeased(destination, job)
        const delivery = addDelivery(job, ended, destination, leased)
        if (delivery) deliveries.push(delivery)
      }
      tellListeners(job, ended)
      return { finished: true, deliveries }
    },
    rescheduleJob({ id, leasedBy, run, runAt, spendAttempt, record = null }) {
      const changed = reschedule.get(runAt, spendAttempt ? 0 : 1, id, leasedBy, run)
      if (!changed) return false
      runs.record({ id, accountId: changed.accountId, runs: run }, record, 0, runAt)
      wake(dueJobsOf(changed))
      return true
    },
    cancelJob({ accountId, jobId, processId, now }) {
      const job = findCancellable.get(accountId, jobId)
      if (!job) return null
      if (job.isFinal) return { kind: 'ended' }
      cancel.run(now, jobId)
      if (job.waits && isLeaseholder(processId)) {
        const taken = toLeasedJob(take.get(processId, jobId) as StoredLease)
        if (job.leasedBy !== null) endWorkerLease.run(job.leasedBy)
        return { kind: 'taken', job: taken }
      }
      wake('cancelled')
      return { kind: 'running' }
    },
    listCancelled: (processId) => cancelled.all(processId).map(({ id }) => id),
    takeUnstarted({ processId, limit, dueBefore }) {
      if (!isLeaseholder(processId)) return []
      const ids = findUnstarted.all(dueBefore, limit)
      return ids.map(({ id }) => toLeasedJob(take.get(processId, id) as StoredLease))
    },
  }
}
