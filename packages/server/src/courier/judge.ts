import type { AttemptCause } from '@ringback/contract'
import type { Random } from '../lib/random.ts'
import type { RecordedAttempt } from '../store/deliveries.ts'
import type { SendOutcome } from './outcome.ts'
import { parseRetryAfterMs } from './retry-after.ts'

/** Jitter only ever makes an attempt later, by at most this part of the delay (design 3.2). */
const JITTER_MAX = 0.2

/** A receiver may ask for more patience than planned, but not for more than this (design 3.2). */
const RETRY_AFTER_EXTRA_MS_MAX = 3_600_000

/** Answers whose `Retry-After` counts. */
const RETRY_AFTER_STATUSES = new Set([429, 503])

export interface Verdict {
  /** Null: delivered. */
  readonly cause: AttemptCause | null
  readonly message: string | null
  readonly next: RecordedAttempt['next']
}

export interface JudgedDelivery {
  readonly trigger: 'job' | 'test'
  /** Failed attempts before this one that count for the schedule. */
  readonly failureCount: number
}

/** Decides what an attempt was and what follows from it. Any 2xx is success; redirects are never followed. */
export function judge(
  outcome: SendOutcome,
  delivery: JudgedDelivery,
  { scheduleMs, now, random }: { scheduleMs: readonly number[]; now: number; random: Random },
): Verdict {
  const failure = outcome.failure ?? failureOfStatus(outcome.answer?.status ?? 0)
  if (!failure) return { cause: null, message: null, next: { status: 'delivered' } }

  // A test is one attempt: the person who pressed the button is looking at it.
  const delayMs = delivery.trigger === 'test' ? undefined : scheduleMs[delivery.failureCount]
  if (delayMs === undefined) return { ...failure, next: { status: 'failed' } }

  const plannedMs = Math.round(delayMs * (1 + JITTER_MAX * random()))
  const askedMs = askedDelayMs(outcome, now)
  const waitMs = Math.min(Math.max(plannedMs, askedMs), plannedMs + RETRY_AFTER_EXTRA_MS_MAX)
  return { ...failure, next: { status: 'waiting', nextAttemptAt: now + waitMs } }
}

function failureOfStatus(status: number): { cause: AttemptCause; message: string } | null {
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400) {
    return { cause: 'redirect', message: `answered ${status}; redirects are not followed: set the final URL` }
  }
  return { cause: 'status', message: `answered ${status}` }
}

function askedDelayMs({ answer }: SendOutcome, now: number): number {
  if (!answer || !RETRY_AFTER_STATUSES.has(answer.status)) return 0
  const header = answer.headers.find(([name]) => name.toLowerCase() === 'retry-after')
  return (header && parseRetryAfterMs(header[1], now)) ?? 0
}
