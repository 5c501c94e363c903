import type { DeliveryStatus, JobStatus } from '@ringback/contract'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { isBefore } from './list-range.ts'
import type { Schema } from './schema.ts'
import { BINS_PER_FOLD } from './time-bins.ts'

/** Rows of an account that are added up in one call, newest first: a page, which is what bounds the cost of the call. */
export interface OverviewPage {
  readonly accountId: string
  /** Unix milliseconds. Rows that were created before are not counted. */
  readonly since: number
  /** Only rows created before this id: the last one of the page before. Null: from the newest on. */
  readonly beforeId: string | null
  readonly limit: number
}

/** What every page tells, so that the next one can be asked for. */
interface PageEnd {
  /** How many rows the page has, those from before `since` included. */
  readonly rows: number
  /** How many of them are from before `since`: then there is nothing more to count. */
  readonly olderRows: number
  /** The last row that is not older; null when there is none. */
  readonly oldestId: string | null
  readonly oldestAt: number | null
  readonly newestAt: number | null
}

/** Deliveries that were created in the same step, have the same status and took about as long. */
export interface DeliverySum {
  /** 0-based, from `since`. */
  readonly step: number
  readonly status: DeliveryStatus
  /** Of the time from the end of its job to the first success, see {@link binOf}; null when there is none. */
  readonly bin: number | null
  readonly count: number
}

/** Attempts that ended alike and took about as long. Those that our own end interrupted are not counted. */
export interface AttemptSum {
  readonly failed: boolean
  readonly bin: number
  readonly count: number
}

export interface DeliverySums extends PageEnd {
  readonly deliveries: readonly DeliverySum[]
  readonly attempts: readonly AttemptSum[]
}

export interface JobSum {
  readonly type: string
  readonly status: JobStatus
  readonly count: number
}

/** What runs used of one model. */
export interface ModelSum {
  readonly provider: string
  readonly model: string
  readonly runs: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Of the runs whose cost is known. */
  readonly costMicroUsd: number
  readonly unpricedRuns: number
}

export interface JobSums extends PageEnd {
  readonly jobs: readonly JobSum[]
  readonly models: readonly ModelSum[]
}

export interface OverviewStore {
  /** Adds up a page of deliveries with their attempts, by steps of `stepMs`. Copies for listeners are in the page, not in the sums. */
  sumDeliveries(page: OverviewPage & { readonly stepMs: number }): Promise<DeliverySums>
  /** Adds up a page of jobs with what they used of models. */
  sumJobs(page: OverviewPage): Promise<JobSums>
}

/** Shorter times than 10 µs are all in one bin. */
const BIN_MS_MIN = 0.01

/**
 * The bin of a time in milliseconds. Percentiles come from counted bins, which are few and can be added up over pages:
 * the times themselves would have to be carried out of the database one by one.
 */
function binOf(timeMs: RawBuilder<number>): RawBuilder<number> {
  const ms = sql`cast(${timeMs} as double precision)`
  const min = sql.lit(BIN_MS_MIN)
  const atLeast = sql`case when ${ms} > ${min} then ${ms} else cast(${min} as double precision) end`
  return sql`cast(floor(ln(${atLeast}) * ${sql.lit(BINS_PER_FOLD)}) as integer)`
}

/** A row of {@link buildDeliverySums} or {@link buildJobSums}: a group, and what it says about the page. */
interface GroupRow {
  readonly count: number
  /** Time and id of its oldest row, see {@link PLACE}. */
  readonly firstPlace: string
  readonly firstAt: number
  readonly lastAt: number
}

/** The rows of an account from a place on, newest first: one stretch of the index of the account, whatever is there. */
function pageOf(table: 'deliveries' | 'jobs', columns: RawBuilder<unknown>, page: OverviewPage): RawBuilder<unknown> {
  const from = page.beforeId === null ? sql`` : sql`and ${isBefore(table, page.beforeId)}`
  return sql`select ${columns} from ${sql.table(table)} where account_id = ${page.accountId} ${from}
    order by created_at desc, id desc limit ${page.limit}`
}

/** Added to a time so that all have as many digits, and their texts the order of the times. */
const PLACE_OFFSET = 10 ** 15
const PLACE_TIME_DIGITS = 16

/** The place of a row in the order of the pages as one text: by time, then by id. Its id follows the digits. */
const PLACE = sql`(created_at + ${sql.lit(PLACE_OFFSET)}) || id`

const END_COLUMNS = sql`count(*) as count, min(${PLACE}) as "firstPlace", min(created_at) as "firstAt", max(created_at) as "lastAt"`

export type DeliverySumRow = GroupRow & Omit<DeliverySum, 'count'>

/** Instead of a step: of rows from before `since`, and of copies for listeners, which are in the page but not counted. */
const OLDER = -1
const COPY = -2

export function buildDeliverySums(db: Kysely<Schema>, page: OverviewPage & { readonly stepMs: number }) {
  const columns = sql`id, job_id, listener_id, status, created_at, delivered_at`
  return sql<DeliverySumRow>`
    select case when created_at < ${page.since} then ${sql.lit(OLDER)} when listener_id is not null then ${sql.lit(COPY)}
        else cast((created_at - ${page.since}) / ${page.stepMs} as integer) end as step,
      status, case when job_id is not null and delivered_at is not null
        then ${binOf(sql`delivered_at - created_at`)} end as bin,
      ${END_COLUMNS}
    from (${pageOf('deliveries', columns, page)}) page
    group by 1, 2, 3`.compile(db)
}

export type AttemptSumRow = Omit<AttemptSum, 'failed'> & { readonly failed: 0 | 1 }

export function buildAttemptSums(db: Kysely<Schema>, page: OverviewPage) {
  return sql<AttemptSumRow>`
    select case when a.cause is null then 0 else 1 end as failed, ${binOf(sql`a.total_ms`)} as bin, count(*) as count
    from (${pageOf('deliveries', sql`id, listener_id, created_at`, page)}) page join attempts a on a.delivery_id = page.id
    where page.created_at >= ${page.since} and page.listener_id is null and coalesce(a.cause, '') <> 'interrupted'
    group by 1, 2`.compile(db)
}

export type JobSumRow = GroupRow & Omit<JobSum, 'count'> & { readonly older: 0 | 1 }

export function buildJobSums(db: Kysely<Schema>, page: OverviewPage) {
  return sql<JobSumRow>`
    select case when created_at < ${page.since} then 1 else 0 end as older, type, status, ${END_COLUMNS}
    from (${pageOf('jobs', sql`id, type, status, created_at`, page)}) page
    group by 1, 2, 3`.compile(db)
}

export function buildModelSums(db: Kysely<Schema>, page: OverviewPage) {
  return sql<ModelSum>`
    select r.provider, r.model, count(*) as runs, cast(sum(r.input_tokens) as bigint) as "inputTokens",
      cast(sum(r.output_tokens) as bigint) as "outputTokens",
      cast(coalesce(sum(r.cost_micro_usd), 0) as bigint) as "costMicroUsd",
      sum(case when r.cost_micro_usd is null then 1 else 0 end) as "unpricedRuns"
    from (${pageOf('jobs', sql`id, created_at`, page)}) page join job_runs r on r.job_id = page.id
    where page.created_at >= ${page.since} and r.provider is not null
    group by 1, 2`.compile(db)
}

/** Puts together what the two queries of a page of deliveries found. */
export function toDeliverySums(groups: readonly DeliverySumRow[], attempts: readonly AttemptSumRow[]): DeliverySums {
  const counted = groups.filter(({ step }) => step >= 0)
  const inRange = groups.filter(({ step }) => step !== OLDER)
  return {
    ...endOf(groups, inRange),
    deliveries: counted.map(({ step, status, bin, count }) => ({ step, status, bin, count })),
    attempts: attempts.map(({ failed, bin, count }) => ({ failed: failed === 1, bin, count })),
  }
}

/** Puts together what the two queries of a page of jobs found. */
export function toJobSums(groups: readonly JobSumRow[], models: readonly ModelSum[]): JobSums {
  const counted = groups.filter(({ older }) => older === 0)
  return {
    ...endOf(groups, counted),
    jobs: counted.map(({ type, status, count }) => ({ type, status, count })),
    models,
  }
}

function endOf(groups: readonly GroupRow[], inRange: readonly GroupRow[]): PageEnd {
  const rows = sumOf(groups)
  const [oldest = null] = inRange.map(({ firstPlace }) => firstPlace).sort()
  return {
    rows,
    olderRows: rows - sumOf(inRange),
    oldestId: oldest?.slice(PLACE_TIME_DIGITS) ?? null,
    oldestAt: inRange.length === 0 ? null : Math.min(...inRange.map(({ firstAt }) => firstAt)),
    newestAt: groups.length === 0 ? null : Math.max(...groups.map(({ lastAt }) => lastAt)),
  }
}

function sumOf(groups: readonly GroupRow[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0)
}
