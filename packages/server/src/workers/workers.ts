import type { JobError } from '@ringback/contract'
import { CANCELLED, type JobEnded, outcomeOf, type RunEnd } from '../jobs/end.ts'
import { judgeRunError } from '../jobs/judge-run.ts'
import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import type { NewJobRun } from '../store/job-runs.ts'
import type { Store } from '../store/store.ts'
import type { WorkerJob, WorkerJobRow } from '../store/worker-jobs.ts'
import type { DocumentRef } from '../tasks/documents/document-ref.ts'
import { TaskError } from '../tasks/task.ts'
import { invalidFields } from '../workflows/check-definition.ts'
import { findAccepted, readJobInput } from '../workflows/job-input.ts'
import { checkResult } from './check-result.ts'
import { finishWorkerJob } from './finish-worker-job.ts'
import { createWorkWaits } from './work-waits.ts'

export interface WantedLease {
  readonly types: readonly string[]
  readonly limit: number
  /** How long to wait for a job when there is none. */
  readonly waitMs: number
  readonly leaseMs: number
  /** What the worker calls itself. */
  readonly worker: string
  /** Aborts when the worker has gone. */
  readonly signal: AbortSignal
}

export interface WorkerLease {
  readonly leaseId: string
  readonly expiresAt: number
  readonly jobs: readonly WorkerJob[]
}

/** No job: there is none, or the workers of the account have as many as they may. */
export type NoLease = 'none' | 'full'

/**
 * What the workers of an account do with its jobs. A lease is written like that of a process: it ends unless it is
 * renewed, its jobs are then leased again, and who has lost it writes nothing any more.
 *
 * All that names a job throws `job.not_found`, `job.ended` and `job.lease_lost`.
 */
export interface Workers {
  /** Leases jobs, and waits for one when there is none; says why there are none when none came in time. */
  lease(accountId: string, wanted: WantedLease): Promise<WorkerLease | NoLease>
  /** Renews a lease, and says when it ends now. */
  heartbeat(accountId: string, jobId: string, leaseId: string, leaseMs: number): Promise<number>
  /** @throws AppError `request.invalid` for a result that does not fit; the job stays the worker's */
  complete(accountId: string, jobId: string, leaseId: string, result: unknown): Promise<void>
  /** Ends the job, or gives it back to be tried again; then says when. */
  fail(
    accountId: string,
    jobId: string,
    leaseId: string,
    failure: { readonly error: JobError; readonly retry: boolean },
  ): Promise<number | null>
  /**
   * A document of the job, to whom the lease holds it.
   * @throws AppError `document.not_found` in every other case, whatever the reason
   */
  openDocument(accountId: string, jobId: string, leaseId: string, parameter: string): Promise<LeasedDocument>
  /** Ends all waiting, so that a process can stop. */
  close(): void
}

/** A document on its way to a worker. */
export interface LeasedDocument {
  readonly ref: DocumentRef
  /** Its bytes, one chunk of the store in memory at a time. They end early, with an error, when it is deleted meanwhile. */
  readonly chunks: AsyncIterable<Uint8Array>
}

export interface WorkersOptions {
  readonly store: Pick<
    Store,
    | 'onWork'
    | 'leaseWorkerJobs'
    | 'findWorkerJob'
    | 'renewWorkerLease'
    | 'rescheduleJob'
    | 'endWorkerLease'
    | 'finishJob'
    | 'findWorkflowVersion'
    | 'releaseProcess'
    | 'readDocumentChunk'
  >
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly newId: () => string
  readonly statusUrl: (type: string, jobId: string) => string
  /** Most jobs that the workers of an account may have at once. */
  readonly heldMax: number
  /** How long a job may wait, as for all jobs. */
  readonly waitMaxMs: number
  readonly onEnd: (type: string, end: RunEnd) => void
}

/** A request that waits looks again after so long, whatever it was told: a second process on one file tells nobody. */
const LOOK_AGAIN_MS = 15_000

/** A job whose leases ended so often, over so long a time, is likely what ends its workers. As for the runner's own jobs. */
const INTERRUPTIONS_MAX = 10
const INTERRUPTED_AFTER_MS = 3_600_000

export function createWorkers(options: WorkersOptions): Workers {
  const { store, clock, log } = options
  const waits = createWorkWaits(options)

  /** Looks once. Jobs that were given up meanwhile are none. */
  async function look(accountId: string, { types, limit, leaseMs, worker }: WantedLease) {
    const now = clock.now()
    const lease = { id: options.newId(), host: `worker ${worker}`, expiresAt: now + leaseMs }
    const wanted = { accountId, types, limit, heldMax: options.heldMax, now, lease }
    const { jobs, nextDueAt, isFull } = await store.leaseWorkerJobs(wanted)
    const kept: WorkerJob[] = []
    for (const job of jobs) {
      const end = endWithoutRun(job, now)
      if (end) await finish(job, lease.id, end, null)
      else kept.push(job)
    }
    return { lease: { leaseId: lease.id, expiresAt: lease.expiresAt, jobs: kept }, nextDueAt, isFull }
  }

  async function finish(job: WorkerJob, leaseId: string, end: JobEnded, record: NewJobRun | null): Promise<void> {
    if (!(await finishWorkerJob(job, leaseId, end, record, options))) throw leaseLost()
    told(job, end)
    waits.tell(job.accountId)
  }

  function told({ id, accountId, type, run }: WorkerJob, end: RunEnd): void {
    options.onEnd(type, end)
    const status = end.kind === 'again' ? 'pending' : end.kind
    log.info({ jobId: id, accountId, type, run, runBy: 'worker', status, outcome: outcomeOf(end) }, 'job')
  }

  /** The record of a run that a worker has ended. */
  function recordOf({ leasedAt }: WorkerJobRow, end: RunEnd): NewJobRun | null {
    if (end.kind === 'success' || leasedAt === null) return null
    return { startedAt: leasedAt, endedAt: clock.now(), outcome: outcomeOf(end), modelCalls: [] }
  }

  /** The job, if the lease still holds it. */
  async function findHeld(accountId: string, jobId: string, leaseId: string): Promise<WorkerJobRow> {
    const job = await findJob(accountId, jobId)
    if (isEnded(job) || job.isCancelled) throw ended(job)
    if (job.leasedBy !== leaseId) throw leaseLost()
    return job
  }

  async function findJob(accountId: string, jobId: string): Promise<WorkerJobRow> {
    const job = await store.findWorkerJob(accountId, jobId)
    if (!job) throw new AppError('job.not_found', { detail: 'There is no such job for workers.' })
    return job
  }

  return {
    async lease(accountId, wanted) {
      const { signal } = wanted
      const endsAtMs = clock.monotonicMs() + wanted.waitMs
      const wait = waits.begin(accountId, wanted.types)
      try {
        for (;;) {
          const { lease, nextDueAt, isFull } = await look(accountId, wanted)
          if (lease.jobs.length > 0) {
            wait.passOn()
            if (!signal.aborted) return lease
            // Nobody is there to take them: they should not wait for the end of the lease.
            await store.releaseProcess(lease.leaseId, clock.now())
            return 'none'
          }
          const leftMs = endsAtMs - clock.monotonicMs()
          if (leftMs <= 0 || signal.aborted || waits.isClosed) return isFull ? 'full' : 'none'
          const dueInMs = nextDueAt === null ? LOOK_AGAIN_MS : Math.max(0, nextDueAt - clock.now())
          await wait.until(Math.min(leftMs, dueInMs, LOOK_AGAIN_MS), signal)
        }
      } finally {
        wait.end()
      }
    },
    async heartbeat(accountId, jobId, leaseId, leaseMs) {
      await findHeld(accountId, jobId, leaseId)
      const expiresAt = await store.renewWorkerLease({ id: leaseId, jobId, expiresAt: clock.now() + leaseMs })
      if (expiresAt === null) throw leaseLost()
      return expiresAt
    },
    async complete(accountId, jobId, leaseId, result) {
      const job = await findHeld(accountId, jobId, leaseId)
      const { definition } = await findAccepted(store, job)
      const checked = checkResult(definition, result)
      if ('problems' in checked) throw invalidFields(checked.problems)
      await finish(job, leaseId, { kind: 'success', resultText: checked.resultText }, null)
    },
    async fail(accountId, jobId, leaseId, { error, retry }) {
      const job = await findHeld(accountId, jobId, leaseId)
      const now = clock.now()
      const failure = new TaskError(error.code, error.message, { retryable: retry })
      const facts = { attempts: job.attempts, ageMs: now - job.createdAt, waitMaxMs: options.waitMaxMs }
      const end = judgeRunError(failure, facts, options.random)
      const record = recordOf(job, end)
      if (end.kind !== 'again') {
        await finish(job, leaseId, end, record)
        return null
      }
      const runAt = now + end.delayMs
      const again = { id: jobId, leasedBy: leaseId, run: job.run, runAt, spendAttempt: end.spendAttempt, record }
      if (!(await store.rescheduleJob(again))) throw leaseLost()
      await store.endWorkerLease(leaseId)
      told(job, end)
      waits.tell(accountId)
      return runAt
    },
    async openDocument(accountId, jobId, leaseId, parameter) {
      const job = await store.findWorkerJob(accountId, jobId)
      const { documents = {} } = job?.leasedBy === leaseId && !job.isCancelled ? readJobInput(job.input) : {}
      const ref = Object.hasOwn(documents, parameter) ? documents[parameter] : undefined
      const first = ref && (await store.readDocumentChunk({ accountId, documentId: ref.document_id, number: 0 }))
      if (!ref || !first) {
        throw new AppError('document.not_found', { detail: 'The lease holds no job with such a document.' })
      }
      return { ref, chunks: chunksOf(store, accountId, ref, first) }
    },
    close: () => waits.close(),
  }
}

async function* chunksOf(
  store: Pick<Store, 'readDocumentChunk'>,
  accountId: string,
  { document_id: documentId, size }: DocumentRef,
  first: Uint8Array,
): AsyncGenerator<Uint8Array> {
  let left = size
  for (let number = 0; left > 0; number++) {
    const chunk = number === 0 ? first : await store.readDocumentChunk({ accountId, documentId, number })
    if (!chunk) throw new Error('a document was deleted while a worker read it')
    left -= chunk.length
    yield chunk
  }
}

function isEnded({ status }: WorkerJobRow): boolean {
  return status === 'success' || status === 'failed'
}

function ended({ status, errorCode, isCancelled }: WorkerJobRow): AppError {
  const how = isCancelled ? 'cancelled' : errorCode === null ? status : `${status} (${errorCode})`
  return new AppError('job.ended', { detail: `The job has ended as ${how}; nothing was written.` })
}

/** Why a job that was just leased must end and not be worked on; null when nothing speaks against it. */
function endWithoutRun({ isCancelled, interruptions, createdAt }: WorkerJob, now: number): JobEnded | null {
  if (isCancelled) return CANCELLED
  if (interruptions < INTERRUPTIONS_MAX || now - createdAt <= INTERRUPTED_AFTER_MS) return null
  const message = `The job was leased ${interruptions} times by workers that never came to an end`
  return { kind: 'failed', error: { code: 'job.interrupted', message } }
}

function leaseLost(): AppError {
  return new AppError('job.lease_lost', {
    detail: 'The lease does not hold the job any more, so nothing was written: it ended without a heartbeat.',
  })
}
