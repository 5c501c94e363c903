import { z } from 'zod'
import { ATTEMPT_CAUSES } from '../statuses.ts'
import { idSchema, momentSchema, timeSchema } from './common.ts'

const webhookIdSchema = idSchema.nullable().describe('Null: job webhooks.')

/** How the recent attempts to one webhook went. */
export const webhookStatsSchema = z.object({
  webhook_id: webhookIdSchema,
  attempts: z.int(),
  succeeded: z.int(),
  p50_ms: z.number().nullable().describe('Half of the attempts took no longer; null without attempts.'),
  p95_ms: z.number().nullable(),
  first_byte_after_p50_ms: z
    .number()
    .nullable()
    .describe(
      'Of half of the deliveries, the first byte of the first answer came no later after the end of the job: waiting for the webhook, its rate and its pauses is in it. Null when nothing was answered.',
    ),
  first_byte_after_p95_ms: z.number().nullable(),
  recent: z
    .array(z.object({ started_at: timeSchema, ok: z.boolean(), total_ms: z.number() }))
    .describe('The last of them, the oldest first.'),
})
export type WebhookStats = z.output<typeof webhookStatsSchema>

export const webhookStatsListSchema = z.object({
  since: timeSchema.describe('Deliveries that were created before are not counted.'),
  deliveries_max: z.int().describe('At most so many deliveries of the account are looked at, the newest ones.'),
  data: z.array(webhookStatsSchema).describe('One entry for each webhook that has recent attempts.'),
})
export type WebhookStatsList = z.output<typeof webhookStatsListSchema>

export const failedQuerySchema = z.strictObject({
  since: momentSchema.optional().describe('Created at this time or later; 7 days ago when left out.'),
  until: momentSchema.optional().describe('Created before this time; now when left out.'),
})

/** Deliveries that ended without success, of one webhook and for one reason. */
export const failedGroupSchema = z.object({
  webhook_id: webhookIdSchema,
  status: z.enum(['failed', 'discarded']),
  cause: z.enum(ATTEMPT_CAUSES).nullable().describe('Of the last attempt; null when there was none.'),
  count: z.int(),
  oldest_at: timeSchema,
  newest_at: timeSchema,
})
export type FailedGroup = z.output<typeof failedGroupSchema>

export const failedListSchema = z.object({
  since: timeSchema,
  until: timeSchema,
  counted_max: z.int().describe('Counting stops here, at the newest ones.'),
  data: z.array(failedGroupSchema).describe('The largest first.'),
})
export type FailedList = z.output<typeof failedListSchema>
