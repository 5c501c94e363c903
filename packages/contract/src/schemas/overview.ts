import { z } from 'zod'
import { timeSchema } from './common.ts'

/** How far back an overview looks. */
export const OVERVIEW_RANGES = ['1h', '24h', '7d', '30d'] as const
export type OverviewRange = (typeof OVERVIEW_RANGES)[number]

export const overviewQuerySchema = z.strictObject({
  range: z.enum(OVERVIEW_RANGES).default('24h').describe('How far back it looks; `24h` when left out.'),
})

const count = z.int().min(0)

const deliveryCountsFields = {
  waiting: count,
  sending: count,
  delivered: count,
  failed: count,
  discarded: count,
}

/** How many deliveries are in each status now. */
export const deliveryCountsSchema = z.object(deliveryCountsFields)
export type DeliveryCounts = z.output<typeof deliveryCountsSchema>

const percentile = z.number().nullable()

/** A spread of times in milliseconds, each within 4 % of a time that was measured; null when nothing was. */
export const spreadSchema = z.object({
  p50_ms: percentile.describe('Half of them took no longer.'),
  p95_ms: percentile,
  p99_ms: percentile,
})
export type Spread = z.output<typeof spreadSchema>

const countedFields = {
  counted_from: timeSchema.describe(
    'The figures hold from here on. Later than `since` when there is more than `counted_max`: then only the newest ones are counted.',
  ),
  counted_max: z.int().describe('At most so many are counted.'),
  latest_at: timeSchema.nullable().describe('When the newest of all was created; null when there is none yet.'),
}

/** What became of the deliveries of a range of time. */
export const deliveryOverviewSchema = z.object({
  ...countedFields,
  totals: deliveryCountsSchema,
  latency: spreadSchema.describe('From the end of the job to the first 2xx answer, of deliveries that arrived.'),
  attempts: spreadSchema.extend({ count, failed: count }).describe('Of all their attempts, failed ones included.'),
  steps: z
    .array(z.object({ at: timeSchema, ...deliveryCountsFields, p50_ms: percentile, p95_ms: percentile }))
    .describe('By time of creation, oldest first, without a gap; each is `step_ms` long. The times are latencies.'),
})

/** The jobs of one type. */
export const jobTypeCountsSchema = z.object({
  type: z.string(),
  success: count,
  failed: count,
  open: count.describe('Not ended yet.'),
})
export type JobTypeCounts = z.output<typeof jobTypeCountsSchema>

/** What the jobs of a range of time used of one model. */
export const modelUsageSchema = z.object({
  provider: z.string(),
  model: z.string().describe('As it was asked for.'),
  runs: count.describe('Starts of jobs that asked it.'),
  input_tokens: count,
  output_tokens: count,
  cost_micro_usd: count.describe('Millionths of a US dollar, of the runs whose cost is known.'),
  unpriced_runs: count.describe('Runs whose cost is not in the sum, because it is not known.'),
})
export type ModelUsage = z.output<typeof modelUsageSchema>

export const jobOverviewSchema = z.object({
  ...countedFields,
  types: z.array(jobTypeCountsSchema).describe('The most frequent first.'),
  models: z.array(modelUsageSchema).describe('The most expensive first.'),
})

/** How an account has been doing. */
export const overviewSchema = z.object({
  since: timeSchema.describe('The beginning of the first step.'),
  until: timeSchema.describe('When it was counted.'),
  step_ms: z.int(),
  deliveries: deliveryOverviewSchema,
  jobs: jobOverviewSchema,
})
export type Overview = z.output<typeof overviewSchema>
