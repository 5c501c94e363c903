/**
 * A search for what is old, through one table in the order of ids, which is the order of creation:
 *
 * - `jobs` deletes jobs with their runs, their deliveries and the attempts of these;
 * - `job_payloads` removes input, result, the message of the error, webhook bodies and response bodies of the same, and
 *   keeps the rest;
 * - `deliveries` and `delivery_payloads` do likewise with deliveries that are about no job: tests and events. `deliveries`
 *   also forgets, when it begins anew, what accounts were told of addresses ({@link NOTICES_KEPT_MS}).
 *
 * What has not ended is never touched: a job that waits or runs, a delivery that waits or is being sent, and a job with
 * such a delivery. The time that counts is that of the **last** end, so a delivery that was sent again keeps its job.
 */
export const RETENTION_PASSES = ['jobs', 'job_payloads', 'deliveries', 'delivery_payloads'] as const
export type RetentionPass = (typeof RETENTION_PASSES)[number]

export interface RetentionSlice {
  readonly pass: RetentionPass
  /** What ended before goes. */
  readonly endedBefore: number
  readonly now: number
  /** Rows of the table that are looked at in this call, at most. */
  readonly limit: number
}

export interface RetentionProgress {
  /** Jobs, or deliveries without one, that went or lost their payloads. */
  readonly removed: number
  /** Everything that is old enough was looked at. */
  readonly isAtEnd: boolean
}

/**
 * After so long a pass begins anew at the oldest row. Until then it goes on where it was, because what it passed by is
 * done: looking at the same 90 days each minute would be work for nothing. It passes by what has not ended yet, and that
 * goes a day later at most.
 */
export const PASS_ANEW_MS = 24 * 3_600_000

/** A clock that is further ahead than this of the last time that was believed is doubted. Less does little harm. */
export const TIME_JUMP_MS_MAX = 24 * 3_600_000

/** So long a doubted clock must have run on before it is believed: a day in which people can see the warning. */
export const TIME_PROBATION_MS = 24 * 3_600_000

/** What one look adds to the time of probation at most: two looks, so that a jump adds nothing. */
const PROBATION_STEP_MS_MAX = 120_000

/** By which time is deleted. */
export interface RetentionClock {
  /** The last time that was believed; null before the first look in an empty database. */
  readonly trustedAt: number | null
  /** When somebody looked last, by the clock as it was. */
  readonly seenAt: number
  /** For how long a clock that jumped ahead has run on. */
  readonly doubtedMs: number
}

/**
 * Judges whether to delete by this time. A clock that was set to next year would delete what ended yesterday, so a jump
 * ahead is doubted, until the clock has run on from there for {@link TIME_PROBATION_MS} while a process looked on: a
 * server that was off for weeks looks just the same, and loses nothing by waiting a day. A clock that was set back is
 * believed at once: by an earlier time less is deleted.
 */
export function judgeTime(known: RetentionClock, now: number): RetentionClock & { readonly isTrusted: boolean } {
  const trusted = { trustedAt: now, seenAt: now, doubtedMs: 0, isTrusted: true }
  if (known.trustedAt === null || now - known.trustedAt <= TIME_JUMP_MS_MAX) return trusted
  const ranMs = Math.min(Math.max(now - known.seenAt, 0), PROBATION_STEP_MS_MAX)
  const doubtedMs = known.doubtedMs + ranMs
  if (doubtedMs >= TIME_PROBATION_MS) return trusted
  return { trustedAt: known.trustedAt, seenAt: now, doubtedMs, isTrusted: false }
}

/**
 * How long it is known that an account was told something of an address, when jobs are not kept longer: far beyond the
 * days in which it could be told the same again (`courier/event-teller.ts`).
 */
const NOTICES_KEPT_MS = 31 * 24 * 3_600_000

/** Notices from before are forgotten in a slice. */
export function noticesUntil({ endedBefore, now }: RetentionSlice): number {
  return Math.min(endedBefore, now - NOTICES_KEPT_MS)
}

/** A job that keeps its payloads for a time of its own. */
export interface ShortKeptJob {
  readonly id: string
  readonly createdAt: number
  readonly payloadRetentionMs: number
}

/**
 * What a job waits that has not ended when it is looked at, as a part of its age: an hour for each day. One dead receiver
 * can hold back the ends of a million deliveries for days, and they are not looked at each minute for it.
 */
const WAIT_PER_AGE = 1 / 24

/**
 * When the payloads of such a job go, by when the last of it and its deliveries ended; null: one has not ended yet, and
 * the time is when to look again. No end can make them due earlier, because it is yet to come.
 */
export function payloadsGoAt(job: ShortKeptJob, endedAt: number | null, now: number): number {
  if (endedAt !== null) return endedAt + job.payloadRetentionMs
  return now + Math.max(job.payloadRetentionMs, Math.ceil((now - job.createdAt) * WAIT_PER_AGE))
}

export interface RetentionStore {
  /** Notes that somebody looks at this time, and says whether to delete by it: {@link judgeTime}. */
  trustTime(now: number): Promise<{ readonly isTrusted: boolean }>
  /**
   * Goes one step on with a pass, in one transaction of a few milliseconds; null when another process is just doing that.
   * It waits for no lock and takes none that dispatch, claims or attempts need: rows that somebody holds are left for
   * the next day.
   */
  removeOld(slice: RetentionSlice): Promise<RetentionProgress | null>
  /**
   * Looks at up to `limit` jobs with a time of their own for their payloads, those that are due longest first: removes the
   * payloads as `job_payloads` does, or notes when to look again ({@link payloadsGoAt}). One transaction of a few
   * milliseconds; it waits for no lock, and any number of processes may do it at once, each with other jobs.
   */
  removeDuePayloads(look: { now: number; limit: number }): Promise<RetentionProgress>
  /**
   * Removes input, result, error message and bodies of a job, of its deliveries and of their attempts at once, and gives the documents
   * that must be deleted now; again, it changes nothing. `unfinished`: the job has not ended; `delivering`: one of its
   * deliveries has not. Null when the account has no such job.
   */
  expungeJob(expunge: {
    accountId: string
    jobId: string
    now: number
  }): Promise<{ readonly documentIds: readonly string[] } | 'unfinished' | 'delivering' | null>
}

/** Where a pass goes on: at the beginning when it began long ago, or in a future that a clock was set back from. */
export function placeOf(pass: { place: string; begunAt: number }, now: number): { place: string; begunAt: number } {
  const isNew = now - pass.begunAt >= PASS_ANEW_MS || pass.begunAt > now
  return isNew ? { place: '', begunAt: now } : pass
}
