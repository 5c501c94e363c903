import {
  type FailedList,
  failedListSchema,
  failedQuerySchema,
  problemSchema,
  type WebhookStats,
  type WebhookStatsList,
  webhookStatsListSchema,
} from '@ringback/contract'
import type { Clock } from '../../lib/clock.ts'
import { isoTime } from '../../lib/iso-time.ts'
import type { DeliveryStatsStore, RecentAttempt } from '../../store/delivery-stats.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { invalidRequest } from '../zod-problems.ts'

/** How far back the health of a webhook looks. */
const STATS_AGE_MS_MAX = 24 * 3_600_000

/** Deliveries looked at for it: enough for a 95th percentile, and 6 ms of the database at most. */
const STATS_DELIVERIES_MAX = 2_000

/** Attempts shown one by one. */
const RECENT_SHOWN_MAX = 40

/** What failed is looked for so far back unless a request says otherwise. */
const FAILED_AGE_MS_DEFAULT = 7 * 24 * 3_600_000

/** Failed deliveries counted in one answer: some 30 ms of the database. */
const FAILED_COUNTED_MAX = 10_000

interface Deps {
  readonly store: DeliveryStatsStore
  readonly clock: Clock
}

/** `GET /api/v1/stats/webhooks`: success rate and times of the recent attempts, by webhook. */
export function webhookStats({ store, clock }: Deps): Endpoint {
  return defineEndpoint({
    answers: { 200: webhookStatsListSchema },
    async handle(request): Promise<WebhookStatsList> {
      const since = clock.now() - STATS_AGE_MS_MAX
      const filter = { accountId: accountOf(request), since, limit: STATS_DELIVERIES_MAX }
      const byWebhook = Map.groupBy(await store.listRecentAttempts(filter), ({ webhookId }) => webhookId)
      return {
        since: isoTime(since),
        deliveries_max: STATS_DELIVERIES_MAX,
        data: [...byWebhook].map(([webhookId, attempts]) => summarize(webhookId, attempts)),
      }
    },
  })
}

function summarize(webhookId: string | null, attempts: readonly RecentAttempt[]): WebhookStats {
  const durations = attempts.map(({ totalMs }) => totalMs).sort((one, other) => one - other)
  const firstBytes = attempts.flatMap(firstByteAfter).sort((one, other) => one - other)
  const newest = attempts.toSorted((one, other) => one.startedAt - other.startedAt).slice(-RECENT_SHOWN_MAX)
  return {
    webhook_id: webhookId,
    attempts: attempts.length,
    succeeded: attempts.filter(({ cause }) => cause === null).length,
    p50_ms: percentile(durations, 0.5),
    p95_ms: percentile(durations, 0.95),
    first_byte_after_p50_ms: percentile(firstBytes, 0.5),
    first_byte_after_p95_ms: percentile(firstBytes, 0.95),
    recent: newest.map(({ startedAt, cause, totalMs }) => ({
      started_at: isoTime(startedAt),
      ok: cause === null,
      total_ms: totalMs,
    })),
  }
}

/** How long after the end of its job a delivery was answered first; nothing for later attempts, and without an answer. */
function firstByteAfter({ number, createdAt, startedAt, firstByteMs }: RecentAttempt): number[] {
  return number === 1 && firstByteMs !== null ? [startedAt - createdAt + firstByteMs] : []
}

/** Nearest rank: a value that was measured, not one between two. */
function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}

/** `GET /api/v1/stats/failed-deliveries`: what failed or was discarded, by webhook and cause. */
export function failedDeliveries({ store, clock }: Deps): Endpoint {
  return defineEndpoint({
    query: failedQuerySchema,
    answers: { 200: failedListSchema, 422: problemSchema },
    async handle(request): Promise<FailedList> {
      const until = request.query.until ?? clock.now()
      const since = request.query.since ?? until - FAILED_AGE_MS_DEFAULT
      if (since >= until) throw invalidRequest([{ field: 'until', message: 'must be later than since' }])
      const groups = await store.countFailed({
        accountId: accountOf(request),
        since,
        until,
        limit: FAILED_COUNTED_MAX,
      })
      return {
        since: isoTime(since),
        until: isoTime(until),
        counted_max: FAILED_COUNTED_MAX,
        data: groups
          .toSorted((one, other) => other.count - one.count)
          .map(({ webhookId, status, cause, count, oldestAt, newestAt }) => ({
            webhook_id: webhookId,
            status,
            cause,
            count,
            oldest_at: isoTime(oldestAt),
            newest_at: isoTime(newestAt),
          })),
      }
    },
  })
}
