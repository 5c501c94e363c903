import type { AttemptCause } from '@ringback/contract'
import type { Random } from '../lib/random.ts'
import type { LeasedDelivery, RecordedAttempt } from '../store/deliveries.ts'
import { parseRetryAfterMs } from './retry-after.ts'
import type { SendOutcome } from './sending/outcome.ts'

/** Jitter only ever makes an attempt later, by at most this part of the delay (design 3.2). */
const JITTER_MAX = 0.2

/** A receiver may ask for more patience than planned, but not for more than this (design 3.2). */
const RETRY_AFTER_EXTRA_MS_MAX = 3_600_000

/** Answers whose `Retry-After` counts. */
const RETRY_AFTER_STATUSES = new Set([429, 503])

/** Answers that ask for patience with the address, not only with this delivery. */
const SLOW_STATUSES = new Set([429, 502, 503, 504])

/** The receiver is gone for good (RFC 9110 section 15.5.11; Standard Webhooks asks senders to stop then). */
const GONE_STATUS = 410

/** Our own egress proxy failed: no step of the schedule is spent, and the next try comes after this time. */
const PROXY_RETRY_MS = 10_000

export interface Verdict {
  /** Null: delivered. */
  readonly cause: AttemptCause | null
  readonly message: string | null
  readonly next: RecordedAttempt['next']
  readonly report: RecordedAttempt['report']
  readonly spendsSchedule: boolean
}

export type JudgedDelivery = Pick<LeasedDelivery, 'trigger' | 'failureCount' | 'probe' | 'deliveredBefore'>

/** Causes that say nothing about the address: the request never left us. */
const OWN_CAUSES: ReadonlySet<AttemptCause> = new Set(['invalid_request', 'proxy', 'interrupted'])

/** Decides what an attempt was and what follows from it. Any 2xx is success; redirects are never followed. */
export function judge(
  outcome: SendOutcome,
  delivery: JudgedDelivery,
  { scheduleMs, now, random }: { scheduleMs: readonly number[]; now: number; random: Random },
): Verdict {
  const failure = outcome.failure ?? failureOfStatus(outcome.answer?.status ?? 0)
  if (!failure) {
    const report = { kind: 'reached' } as const
    return { cause: null, message: null, next: { status: 'delivered' }, report, spendsSchedule: false }
  }
  if (failure.cause === 'proxy' && delivery.trigger !== 'test') {
    const next = { status: 'waiting', nextAttemptAt: now + PROXY_RETRY_MS } as const
    return { ...failure, next, report: null, spendsSchedule: false }
  }

  const gone = outcome.answer?.status === GONE_STATUS
  const askedMs = askedDelayMs(outcome, now)
  // A test is one attempt: the person who pressed the button is looking at it. Whoever is gone will not be back.
  const delayMs = delivery.trigger === 'test' || gone ? undefined : scheduleMs[delivery.failureCount]
  const plannedMs = delayMs === undefined ? null : Math.round(delayMs * (1 + JITTER_MAX * random()))
  return {
    ...failure,
    next:
      plannedMs === null
        ? lastNext(delivery)
        : { status: 'waiting', nextAttemptAt: now + patience(plannedMs, askedMs) },
    report: OWN_CAUSES.has(failure.cause)
      ? null
      : {
          kind: 'failed',
          cause: failure.cause,
          slow: SLOW_STATUSES.has(outcome.answer?.status ?? 0),
          askedUntil: askedMs > 0 ? now + Math.min(askedMs, RETRY_AFTER_EXTRA_MS_MAX) : null,
          gone,
          probe: delivery.probe,
        },
    spendsSchedule: true,
  }
}

/** What a receiver asked for, but never earlier than planned and at most an hour later. */
function patience(plannedMs: number, askedMs: number): number {
  return Math.min(Math.max(plannedMs, askedMs), plannedMs + RETRY_AFTER_EXTRA_MS_MAX)
}

/** The end of a delivery without success; one that a person had sent again after a success stays delivered. */
function lastNext({ deliveredBefore }: JudgedDelivery): RecordedAttempt['next'] {
  return { status: deliveredBefore ? 'delivered' : 'failed' }
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
