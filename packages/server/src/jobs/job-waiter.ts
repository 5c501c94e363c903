import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { JobRow, JobStore } from '../store/jobs.ts'

/**
 * How often to ask the database for jobs that end elsewhere: in another process, or by being cancelled. One statement
 * by primary key for all who wait, and none while nobody does. What ends here is told at once.
 */
const LOOK_MS = 500

/**
 * Requests that may wait at once. Each holds a connection and a few hundred bytes; the others get their answer at once.
 * An account has no more of them than are left for the others, so alone it has half.
 */
const WAITING_MAX = 2_000

export interface JobWait {
  readonly accountId: string
  readonly jobId: string
  /** Milliseconds, at most. */
  readonly limitMs: number
  /** Ends the wait: nobody is there any more to be answered. */
  readonly signal: AbortSignal
}

export interface JobWaiter {
  /** Waits until the job has ended, and gives it; null when it has not ended in time, or nobody may wait now. */
  wait(wait: JobWait): Promise<JobRow | null>
  /** The store for the runner: when it writes the end of a job, those who wait for the job are told. */
  watchEnds<Watched extends Pick<JobStore, 'finishJob'>>(store: Watched): Watched
  /** Ends all waits, and lets nobody wait any more: the process is about to end. */
  stop(): void
}

/** Lets requests wait for the end of a job. */
export function createJobWaiter(options: {
  store: Pick<JobStore, 'findJob' | 'findEndedJobs'>
  clock: Clock
  log: Log
}): JobWaiter {
  const { store, clock, log } = options
  const waiting = new Map<string, Set<(ended: boolean) => void>>()
  let waitingCount = 0
  const countByAccount = new Map<string, number>()
  let stopped = false
  let lookPlanned = false

  function tell(jobId: string): void {
    for (const settle of waiting.get(jobId) ?? []) settle(true)
  }

  async function look(jobIds: readonly string[]): Promise<void> {
    try {
      for (const jobId of await store.findEndedJobs(jobIds)) tell(jobId)
    } catch (error) {
      // The next look asks again, and who waits too long gets the ordinary answer.
      log.warn({ err: error }, 'jobs that are waited for could not be looked at')
    }
  }

  function planLook(): void {
    if (lookPlanned || waitingCount === 0) return
    lookPlanned = true
    clock.after(LOOK_MS, async () => {
      if (waitingCount > 0) await look([...waiting.keys()])
      lookPlanned = false
      planLook()
    })
  }

  function count(accountId: string, change: 1 | -1): void {
    waitingCount += change
    const own = (countByAccount.get(accountId) ?? 0) + change
    if (own > 0) countByAccount.set(accountId, own)
    else countByAccount.delete(accountId)
  }

  function mayWait(accountId: string): boolean {
    return (countByAccount.get(accountId) ?? 0) < WAITING_MAX - waitingCount
  }

  function untilEnded({ accountId, jobId, limitMs, signal }: JobWait): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (ended: boolean) => {
        if (!settles.delete(settle)) return
        if (settles.size === 0) waiting.delete(jobId)
        count(accountId, -1)
        cancelLimit()
        signal.removeEventListener('abort', giveUp)
        resolve(ended)
      }
      const giveUp = () => settle(false)
      const settles = waiting.get(jobId) ?? new Set()
      waiting.set(jobId, settles.add(settle))
      count(accountId, 1)
      const cancelLimit = clock.after(limitMs, giveUp)
      signal.addEventListener('abort', giveUp)
      // It may have ended before anybody waited.
      void look([jobId])
      planLook()
    })
  }

  async function find({ accountId, jobId }: JobWait): Promise<JobRow | null> {
    try {
      return await store.findJob(accountId, jobId)
    } catch (error) {
      // The job was accepted: who waits must learn its id, and not that the database is away.
      log.warn({ err: error, jobId }, 'a job that was waited for could not be read')
      return null
    }
  }

  return {
    async wait(wait) {
      if (stopped || wait.signal.aborted || !mayWait(wait.accountId)) return null
      return (await untilEnded(wait)) ? await find(wait) : null
    },
    watchEnds: (store) => ({
      ...store,
      async finishJob(job) {
        const end = await store.finishJob(job)
        if (end.finished) tell(job.id)
        return end
      },
    }),
    stop() {
      stopped = true
      for (const settles of [...waiting.values()]) for (const settle of [...settles]) settle(false)
    },
  }
}
