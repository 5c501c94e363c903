import type { AttemptCause, DeliveryStatus } from '@ringback/contract'
import { judge, type Verdict } from '../courier/judge.ts'
import type { SendOutcome } from '../courier/sending/outcome.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import type { AttemptRow, DeliveryStore, HeaderList } from '../store/deliveries.ts'
import type { ListenerDelivery } from '../store/listeners.ts'

export interface AttemptRecorderOptions {
  readonly store: Pick<DeliveryStore, 'recordAttempt'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** The server's own delays between attempts. */
  readonly scheduleMs: readonly number[]
}

/** An attempt that a listener made, or should have made. */
export interface ListenerAttemptMade {
  readonly listenerId: string
  readonly accountId: string
  readonly deliveryId: string
  readonly leasedBy: string
  readonly startedAt: number
  readonly requestHeaders: HeaderList
  readonly outcome: SendOutcome
  readonly delivery: Omit<ListenerDelivery, 'leasedBy'>
}

/** What came of an attempt and its delivery. */
export interface ListenerVerdict {
  readonly status: DeliveryStatus
  /** Null unless `waiting`. */
  readonly nextAttemptAt: number | null
  readonly cause: AttemptCause | null
}

/** The laptop has gone in the middle: nobody knows what its receiver saw. */
export const GONE_IN_THE_MIDDLE = 'the listener went away before it told what was answered'

/**
 * Judges and records attempts of listeners by the rules of all attempts, except that they say nothing about an address:
 * no breaker, no five days. Gives null when the attempt had ended already: its time was over, or others recorded it.
 */
export function createAttemptRecorder({ store, clock, random, log, scheduleMs }: AttemptRecorderOptions) {
  return async function record(made: ListenerAttemptMade): Promise<ListenerVerdict | null> {
    const { delivery, outcome } = made
    const now = clock.now()
    const { cause, message, next, spendsSchedule } = judgeListener(outcome, delivery, {
      scheduleMs: delivery.retrySchedule === null ? scheduleMs : (JSON.parse(delivery.retrySchedule) as number[]),
      now,
      random,
    })
    const attempt: AttemptRow = {
      number: delivery.attemptCount + 1,
      startedAt: made.startedAt,
      cause,
      message,
      url: delivery.url,
      requestHeaders: made.requestHeaders,
      responseStatus: outcome.answer?.status ?? null,
      responseHeaders: outcome.answer?.headers ?? null,
      responseBody: outcome.answer?.body ?? null,
      responseTruncated: outcome.answer?.truncated ?? false,
      remoteAddress: outcome.remoteAddress,
      timing: outcome.timing,
      resend: delivery.resend,
    }
    const { recorded } = await store.recordAttempt({
      deliveryId: made.deliveryId,
      leasedBy: made.leasedBy,
      attempt,
      next,
      finishedAt: now,
      addressId: made.listenerId,
      report: null,
      spendsSchedule,
    })
    if (!recorded) return null
    log.info(
      {
        deliveryId: made.deliveryId,
        accountId: made.accountId,
        listenerId: made.listenerId,
        jobId: delivery.jobId,
        attempt: attempt.number,
        status: attempt.responseStatus,
        cause,
        next: next.status,
        durationMs: Math.round(attempt.timing.totalMs),
      },
      'attempt',
    )
    return { status: next.status, nextAttemptAt: next.status === 'waiting' ? next.nextAttemptAt : null, cause }
  }
}

/** An interrupted attempt spends nothing and is made again, as when a process dies; all others as the courier's. */
function judgeListener(
  outcome: SendOutcome,
  delivery: ListenerAttemptMade['delivery'],
  options: Parameters<typeof judge>[2],
): Omit<Verdict, 'report'> {
  if (outcome.failure?.cause === 'interrupted') {
    return { ...outcome.failure, next: { status: 'waiting', nextAttemptAt: options.now }, spendsSchedule: false }
  }
  return judge(outcome, { ...delivery, probe: false }, options)
}
