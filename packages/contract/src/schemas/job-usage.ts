import { z } from 'zod'
import { JOB_STATUSES } from '../statuses.ts'
import { idSchema, timeSchema } from './common.ts'

const tokens = z.int().min(0)

/** What the runs of a job used of models, failed ones included. */
export const jobUsageSchema = z.object({
  calls: z.int().min(0).describe('Requests to a model.'),
  input_tokens: tokens,
  output_tokens: tokens.describe('Those of reasoning included.'),
  cached_tokens: tokens.describe("Of the input tokens, those from the provider's cache."),
  reasoning_tokens: tokens,
  cost_micro_usd: z.int().min(0).nullable().describe('Millionths of a US dollar; null when it is not known.'),
  models: z.array(z.string()).describe('The models that answered, as `<provider>/<model>`.'),
})
export type JobUsage = z.output<typeof jobUsageSchema>

/** Why a job waits. */
export const WAITING_REASONS = ['turn', 'worker', 'retry', 'provider_limited', 'provider_unavailable'] as const

export const jobWaitingSchema = z.object({
  waiting_reason: z
    .enum(WAITING_REASONS)
    .describe(
      '`turn`: for its turn and a free place. `worker`: for a worker of the account. `retry`: for its next attempt. `provider_limited`, `provider_unavailable`: for the provider of the model.',
    ),
  due_at: timeSchema.describe('When it may be started. In the past: as soon as possible.'),
})
export type JobWaiting = z.output<typeof jobWaitingSchema>

/** The answer to a request to cancel a job. */
export const jobCancelSchema = z.object({
  id: idSchema,
  status: z.enum(JOB_STATUSES).describe('`failed` when it has ended; `pending` while it is being stopped.'),
  message: z.string(),
})
export type JobCancel = z.output<typeof jobCancelSchema>
