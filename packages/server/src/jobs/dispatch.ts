import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/ids.ts'
import type { Idempotency, IdempotencyStore, KeyedJob } from '../store/idempotency.ts'
import type { JobCaps, JobStore, LeasedJob, NewJob } from '../store/jobs.ts'
import { OFFLINE_LANE, WORKERS_LANE } from '../store/lane-health.ts'
import type { RunnerItem } from './runner.ts'

/** The runner of this process, when it has one; `reserve` gives zero when there is none or it is busy. */
export interface LocalRunner {
  reserve(count: number): number
  giveBack(count: number): void
  handOver(item: RunnerItem): void
}

export interface Dispatch {
  /** Chosen by the caller when something that was written before names it; made here when left out. */
  readonly id?: string
  readonly accountId: string
  readonly type: string
  /** Checked by the task's schema. */
  readonly input: unknown
  /** Checked by the guard; null: the account's webhooks are told. */
  readonly jobWebhookUrl: string | null
  /** Null: every call makes a job. */
  readonly idempotency: Idempotency | null
  /** Milliseconds; null or left out: payloads are kept as the server keeps all. */
  readonly payloadRetentionMs?: number | null
  /** `worker`: the account's own worker runs it, not this server. */
  readonly runBy?: 'worker'
}

/** The job that stands for a dispatch. */
export interface Dispatched {
  readonly jobId: string
  /** The key was used before with the same fingerprint: this is the job that was made then. */
  readonly replayed: boolean
}

export interface Dispatcher {
  /**
   * Writes the job. When the promise resolves the job is on disk and will end, whatever happens to this process.
   * @throws AppError `request.idempotency_key_reused` when the account has used the key with another fingerprint
   */
  dispatch(dispatch: Dispatch): Promise<Dispatched>
  /**
   * The job that was dispatched with the key and fingerprint before; null when the key was not used.
   * @throws AppError `request.idempotency_key_reused` as above
   */
  findDispatched(accountId: string, idempotency: Idempotency): Promise<Dispatched | null>
}

/**
 * Accepts jobs. When the runner of this process has a slot, its lane is open and nobody waits there, the job is written
 * already leased to it and starts as soon as it is on disk; otherwise it waits for its turn.
 */
export function createDispatcher(options: {
  store: Pick<JobStore, 'insertJob'> & Pick<IdempotencyStore, 'insertJobOnce' | 'findIdempotencyKey'>
  clock: Clock
  runner: LocalRunner | null
  processId: () => string
  /** Where jobs of a type wait. */
  laneOf: (type: string) => string
  caps: JobCaps
}): Dispatcher {
  const { store, clock, runner } = options
  return {
    async dispatch({ id: jobId = newId(), accountId, type, input, jobWebhookUrl, idempotency, ...rest }) {
      const { runBy, payloadRetentionMs = null } = rest
      const createdAt = clock.now()
      const reserved = runBy === 'worker' ? 0 : (runner?.reserve(1) ?? 0)
      const job: NewJob = {
        id: jobId,
        accountId,
        type,
        input: JSON.stringify(input),
        jobWebhookUrl,
        createdAt,
        lane: runBy === 'worker' ? WORKERS_LANE : options.laneOf(type),
        leasedBy: reserved === 1 ? options.processId() : null,
        caps: options.caps,
        payloadRetentionMs,
      }
      let isLeased = false
      let earlier: KeyedJob | null = null
      try {
        if (idempotency === null) {
          isLeased = (await store.insertJob(job)).leased
        } else {
          const keyed = await store.insertJobOnce(job, idempotency)
          isLeased = keyed.leased
          if (!keyed.inserted) earlier = keyed
        }
      } finally {
        if (!isLeased) runner?.giveBack(reserved)
      }
      if (idempotency !== null && earlier !== null) return replay(earlier, idempotency)
      if (isLeased && job.leasedBy !== null) runner?.handOver({ job: asLeased(job), leasedBy: job.leasedBy })
      return { jobId: job.id, replayed: false }
    },
    async findDispatched(accountId, idempotency) {
      const earlier = await store.findIdempotencyKey(accountId, idempotency.key)
      return earlier && replay(earlier, idempotency)
    },
  }
}

function replay(earlier: KeyedJob, { fingerprint }: Idempotency): Dispatched {
  if (earlier.fingerprint === fingerprint) return { jobId: earlier.jobId, replayed: true }
  const detail =
    'The Idempotency-Key was used for another request: another address, body, Job-Webhook or Payload-Retention. ' +
    'Send a new key with a new request, and the old key only with exactly the old one.'
  throw new AppError('request.idempotency_key_reused', { detail, log: { jobId: earlier.jobId } })
}

/** A job that was leased with its insert, as a claim would give it. */
function asLeased({ id, accountId, type, input, jobWebhookUrl, createdAt, lane = OFFLINE_LANE }: NewJob): LeasedJob {
  const start = { attempts: 1, run: 1, interruptions: 0, probe: false, isCancelled: false }
  return { id, accountId, type, input, jobWebhookUrl, lane, createdAt, ...start }
}
