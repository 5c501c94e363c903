import {
  type Overview,
  type OverviewRange,
  overviewQuerySchema,
  overviewSchema,
  problemSchema,
} from '@ringback/contract'
import type { Clock } from '../../lib/clock.ts'
import { isoTime, isoTimeOrNull } from '../../lib/iso-time.ts'
import type { DeliverySums, JobSums, OverviewStore } from '../../store/overview.ts'
import { createBoundedCache } from '../../webhooks/bounded-cache.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { DeliveryCounter, JobCounter } from './overview-counts.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** How far back each range goes, and how long a step is: some fifty steps, each of a length that people know. */
const RANGES: Readonly<Record<OverviewRange, { readonly rangeMs: number; readonly stepMs: number }>> = {
  '1h': { rangeMs: HOUR_MS, stepMs: MINUTE_MS },
  '24h': { rangeMs: DAY_MS, stepMs: 30 * MINUTE_MS },
  '7d': { rangeMs: 7 * DAY_MS, stepMs: 3 * HOUR_MS },
  '30d': { rangeMs: 30 * DAY_MS, stepMs: 12 * HOUR_MS },
}

/** Deliveries, and jobs, that one overview counts: the newest ones. With more, the answer says from when on it counted. */
const COUNTED_MAX = 100_000

/** Rows of one call of the store: some milliseconds in which the embedded database does nothing else. */
const PAGE_ROWS = 2_000

/**
 * How many times as long as it took an overview is given again: however often an account asks for it, counting one range
 * takes at most a part of so many of the database's time.
 */
const REUSE_FACTOR = 20

/** Overviews that are remembered: all ranges of so many accounts. */
const REMEMBERED_MAX = 4 * 250

interface Deps {
  readonly store: OverviewStore
  readonly clock: Clock
}

/**
 * `GET /api/v1/overview`: what became of deliveries and jobs in the last hour, day, week or month.
 *
 * It reads the newest rows of the account by the index that every list uses, page after page, so that others are served
 * in between, and stops after {@link COUNTED_MAX}. Measured on 2 cores with a million deliveries, attempts and jobs of one
 * account in the last 30 days: 0.65 s of SQLite, in calls of at most 9 ms, and 1.2 s of PostgreSQL, 8 ms a call; 1.4 s for
 * the whole route on cores that were busy with other things. To count all of them would be ten times that. Roll-ups by the
 * hour would be written with every delivery, whose status changes later.
 */
export function getOverview(deps: Deps): Endpoint {
  const remembered = createBoundedCache<string, { readonly overview: Promise<Overview>; goodUntilMs: number }>(
    REMEMBERED_MAX,
  )

  function overviewOf(accountId: string, range: OverviewRange): Promise<Overview> {
    const key = `${range} ${accountId}`
    const startMs = deps.clock.monotonicMs()
    const known = remembered.get(key)
    if (known && startMs < known.goodUntilMs) return known.overview
    const entry = { overview: countOverview(deps, accountId, range), goodUntilMs: Number.POSITIVE_INFINITY }
    remembered.set(key, entry)
    entry.overview.then(
      () => {
        const endMs = deps.clock.monotonicMs()
        entry.goodUntilMs = endMs + REUSE_FACTOR * (endMs - startMs)
      },
      () => remembered.delete(key),
    )
    return entry.overview
  }

  return defineEndpoint({
    query: overviewQuerySchema,
    answers: { 200: overviewSchema, 422: problemSchema },
    handle: (request) => overviewOf(accountOf(request), request.query.range),
  })
}

async function countOverview({ store, clock }: Deps, accountId: string, range: OverviewRange): Promise<Overview> {
  const { rangeMs, stepMs } = RANGES[range]
  const until = clock.now()
  const since = Math.floor((until - rangeMs) / stepMs) * stepMs
  const deliveries = new DeliveryCounter(Math.floor((until - since) / stepMs) + 1)
  const jobs = new JobCounter()
  const [countedDeliveries, countedJobs] = await Promise.all([
    countPages<DeliverySums>(since, (page) => store.sumDeliveries({ accountId, since, stepMs, ...page }), deliveries),
    countPages<JobSums>(since, (page) => store.sumJobs({ accountId, since, ...page }), jobs),
  ])
  return {
    since: isoTime(since),
    until: isoTime(until),
    step_ms: stepMs,
    deliveries: {
      ...showCounted(countedDeliveries),
      ...deliveries.read({ since, stepMs, from: countedDeliveries.from }),
    },
    jobs: { ...showCounted(countedJobs), ...jobs.read() },
  }
}

interface Counted {
  /** From when on everything is counted. */
  readonly from: number
  /** When the newest row of all was created; null: there is none. */
  readonly newestAt: number | null
}

/** Counts page after page, from the newest row on, until rows are older than `since` or enough. */
async function countPages<Sums extends DeliverySums | JobSums>(
  since: number,
  askPage: (page: { beforeId: string | null; limit: number }) => Promise<Sums>,
  counter: { add(sums: Sums): void },
): Promise<Counted> {
  let beforeId: string | null = null
  let rows = 0
  let newestAt: number | null = null
  for (;;) {
    const limit = Math.min(PAGE_ROWS, COUNTED_MAX - rows)
    const sums = await askPage({ beforeId, limit })
    counter.add(sums)
    rows += sums.rows
    newestAt ??= sums.newestAt
    if (sums.rows < limit || sums.olderRows > 0) return { from: since, newestAt }
    if (rows >= COUNTED_MAX) return { from: sums.oldestAt ?? since, newestAt }
    beforeId = sums.oldestId
  }
}

function showCounted({ from, newestAt }: Counted) {
  return { counted_from: isoTime(from), counted_max: COUNTED_MAX, latest_at: isoTimeOrNull(newestAt) }
}
