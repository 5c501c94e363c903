import type { JobWebhookMode } from '@ringback/contract'
import { newId } from '../../lib/ids.ts'
import type { LeasedDelivery } from '../deliveries.ts'
import type { FinishedJob, JobStore, LeasedJob } from '../jobs.ts'
import { type StoredJob, storableText, toJob } from '../mapping.ts'
import type { WorkKind } from '../store.ts'
import type { Addresses } from './addresses.ts'
import type { Database } from './database.ts'
import { createIsLeaseholder } from './leaseholders.ts'
import type { Synchronous } from './operations.ts'

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

/** The life of a job in the database. `wake` is told what may be due now that nobody has leased. */
export function jobOperations(
  database: Database,
  addresses: Addresses,
  wake: (kind: WorkKind) => void,
): Synchronous<JobStore> {
  const isLeaseholder = createIsLeaseholder(database)
  const insert = database.prepare(
    `insert into jobs (id, account_id, type, status, input, job_webhook_url, attempts, due_at, leased_by, created_at, started_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const find = database.prepare<StoredJob>(
    `select id, account_id as accountId, type, status, input, result, error_code as errorCode,
       error_message as errorMessage, job_webhook_url as jobWebhookUrl, attempts, created_at as createdAt,
       started_at as startedAt, finished_at as finishedAt
     from jobs where account_id = ? and id = ?`,
  )
  const claim = database.prepare<LeasedJob>(
    `update jobs set status = 'pending', leased_by = ?1, due_at = null, attempts = attempts + 1,
       started_at = coalesce(started_at, ?2)
     where id in (select id from jobs where due_at is not null and due_at <= ?2 order by due_at limit ?3)
     returning id, account_id as accountId, type, input, job_webhook_url as jobWebhookUrl, attempts,
       created_at as createdAt`,
  )
  const nextDue = database.prepare<{ dueAt: number | null }>(
    'select min(due_at) as dueAt from jobs where due_at is not null',
  )
  const finish = database.prepare<{ accountId: string; type: string; jobWebhookUrl: string | null }>(
    `update jobs set status = ?, result = ?, error_code = ?, error_message = ?, finished_at = ?, leased_by = null
     where id = ? and leased_by = ? returning account_id as accountId, type, job_webhook_url as jobWebhookUrl`,
  )
  const reschedule = database.prepare(
    'update jobs set due_at = ?, leased_by = null, attempts = attempts - ? where id = ? and leased_by = ? and attempts = ?',
  )
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

  return {
    insertJob(job) {
      const leased = job.leasedBy !== null && isLeaseholder(job.leasedBy)
      insert.run(
        job.id,
        job.accountId,
        job.type,
        leased ? 'pending' : 'new',
        job.input,
        job.jobWebhookUrl,
        leased ? 1 : 0,
        leased ? null : job.createdAt,
        leased ? job.leasedBy : null,
        job.createdAt,
        leased ? job.createdAt : null,
      )
      if (!leased) wake('jobs')
    },
    findJob(accountId, jobId) {
      const row = find.get(accountId, jobId)
      return row ? toJob(row) : null
    },
    claimJobs: ({ processId, limit, now }) => (isLeaseholder(processId) ? claim.all(processId, now, limit) : []),
    nextJobDueAt: () => nextDue.get()?.dueAt ?? null,
    finishJob(job) {
      const ended = finish.get(
        job.status,
        job.result,
        job.error?.code ?? null,
        storableText(job.error?.message ?? null),
        job.finishedAt,
        job.id,
        job.leasedBy,
      )
      if (!ended) return { finished: false, deliveries: [] }

      const deliveries: LeasedDelivery[] = []
      for (const destination of destinationsOf(job, ended)) {
        const leased = deliveries.length < job.leaseDeliveriesMax && mayBeLeased(destination, job)
        const delivery = addDelivery(job, ended, destination, leased)
        if (delivery) deliveries.push(delivery)
      }
      return { finished: true, deliveries }
    },
    rescheduleJob({ id, leasedBy, run, runAt, spendAttempt }) {
      const changed = reschedule.run(runAt, spendAttempt ? 0 : 1, id, leasedBy, run) > 0
      if (changed) wake('jobs')
      return changed
    },
  }
}
