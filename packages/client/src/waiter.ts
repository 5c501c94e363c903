import type { RingbackClient } from './client.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import { checkMs } from './settings.ts'
import { endOf, resultOf } from './state.ts'
import type { EndedJob, JobHandle, JobRef, ResultOf, WaitOptions } from './types.ts'
import { LAST_POLL_MS, notInTime, WAIT_MS_DEFAULT, type WaitedJob } from './wait.ts'

/** Jobs whose webhook came before anybody waited, remembered by id: the webhook of a quick job overtakes its 202. */
const EARLY_JOBS_MAX = 10_000

/** The body of a verified webhook; those of `@ringback/receiver` fit. */
export interface JobEvent {
  readonly id?: string | undefined
  readonly status?: string | undefined
  readonly result?: unknown
  readonly error?: unknown
}

/** Waits for jobs by the webhooks that tell of them. */
export interface JobWaiter {
  /**
   * Takes an event of your receiver, **after** its signature was verified. Events of other kinds and of jobs that
   * nobody waits for are fine.
   * @returns whether somebody waited for it
   */
  resolve(event: JobEvent): boolean
  /**
   * Gives the result of a job when its webhook has come. A webhook without the result has it fetched. When none has come
   * in time, the server is asked once. Errors are those of `client.wait`.
   */
  wait<Type extends string, Result>(
    job: JobHandle<Type, Result> | PromiseLike<JobHandle<Type, Result>>,
    options?: WaitOptions,
  ): Promise<Result>
  wait<Type extends string>(job: JobRef<Type>, options?: WaitOptions): Promise<ResultOf<Type>>
}

/** `fetch`: it ended, but the webhook did not bring the result. */
type News = EndedJob<unknown> | 'fetch' | 'deadline'

export function createJobWaiter(options: {
  readonly client: Pick<RingbackClient, 'wait' | 'jobs'>
  readonly clock?: Clock
}): JobWaiter {
  const { client, clock = systemClock } = options
  const waiting = new Map<string, Set<(news: News) => void>>()
  const early = new Set<string>()

  function newsOf(jobId: string, timeoutMs: number, signal: AbortSignal | undefined): Promise<News> {
    if (early.delete(jobId)) return Promise.resolve('fetch')
    return new Promise((resolve, reject) => {
      const tellers = waiting.get(jobId) ?? new Set()
      const settle = () => {
        stopTimer()
        signal?.removeEventListener('abort', stop)
        tellers.delete(tell)
        if (tellers.size === 0) waiting.delete(jobId)
      }
      const tell = (news: News) => {
        settle()
        resolve(news)
      }
      const stop = () => {
        settle()
        reject(signal?.reason)
      }
      const stopTimer = clock.after(timeoutMs, () => tell('deadline'))
      signal?.addEventListener('abort', stop, { once: true })
      waiting.set(jobId, tellers.add(tell))
    })
  }

  const wait = async (waited: WaitedJob | PromiseLike<WaitedJob>, limits: WaitOptions = {}): Promise<unknown> => {
    const { timeoutMs = WAIT_MS_DEFAULT, signal } = limits
    checkMs('timeoutMs', timeoutMs)
    const job = await waited
    signal?.throwIfAborted()
    if (job.ended) return resultOf(job, job.ended)
    const news = await newsOf(job.jobId, timeoutMs, signal)
    if (news === 'fetch') return await client.wait(job, limits)
    if (news !== 'deadline') return resultOf(job, news)
    const state = await client.jobs.status(job, { timeoutMs: LAST_POLL_MS, ...(signal && { signal }) })
    if (state.ended) return resultOf(job, state.ended)
    throw notInTime(job.jobId, timeoutMs, state.status)
  }

  return {
    resolve({ id, status, result, error }) {
      const ended = endOf(status, result, error)
      if (id === undefined || !ended) return false
      const tellers = waiting.get(id)
      if (tellers) {
        for (const tell of [...tellers]) tell(ended.status === 'success' && result === undefined ? 'fetch' : ended)
        return true
      }
      early.add(id)
      for (const oldest of early) {
        if (early.size <= EARLY_JOBS_MAX) break
        early.delete(oldest)
      }
      return false
    },
    wait: wait as JobWaiter['wait'],
  }
}
