import { z } from 'zod'
import { SECRET_LENGTH_MAX, SECRET_LENGTH_MIN, WEBHOOK_URL_LENGTH_MAX } from '../limits.ts'
import { idSchema, pageSchema, timeSchema } from './common.ts'
import { deliveryDetailSchema } from './deliveries.ts'

/** A webhook as the API shows it. Its secret is never shown, only whether there is one. */
export const webhookSchema = z.object({
  id: idSchema,
  name: z.string().describe('`default` for the form of the announcement.'),
  enabled: z.boolean(),
  disabled_reason: z.string().nullable().describe('Why it was switched off when no person did it.'),
  url: z.string().nullable(),
  include_result: z.boolean().describe('Whether the body carries the result of the job.'),
  has_secret: z.boolean(),
  previous_secret_until: timeSchema.nullable().describe('Until when the secret before the last change signs too.'),
  created_at: timeSchema,
  updated_at: timeSchema,
})
export type Webhook = z.output<typeof webhookSchema>

export const webhookPageSchema = pageSchema(webhookSchema)

/** The form of the announcement. Fields that are left out stay as they are; unknown ones are an error. */
export const webhookChangeSchema = z.strictObject({
  enabled: z.boolean().optional(),
  url: z
    .string()
    .max(WEBHOOK_URL_LENGTH_MAX)
    .nullable()
    .optional()
    .describe('`https:`, reachable from the public internet, no fragment. Null removes it.'),
  secret: z
    .string()
    .min(SECRET_LENGTH_MIN)
    .max(SECRET_LENGTH_MAX)
    .optional()
    .describe('Secret for signature. Never shown again.'),
  include_result: z.boolean().optional(),
})
export type WebhookChangeRequest = z.output<typeof webhookChangeSchema>

/** The webhook after a change. A secret that the server made is in it this one time. */
export const webhookChangedSchema = webhookSchema.extend({
  secret: z.string().optional().describe('Only when the server generated it just now. It is not shown again.'),
})
export type WebhookChanged = z.output<typeof webhookChangedSchema>

/**
 * How a test ended: `delivered` or `failed` after its first attempt, `no_attempt` when no courier made one in time.
 */
export const WEBHOOK_TEST_OUTCOMES = ['delivered', 'failed', 'no_attempt'] as const

export const webhookTestSchema = z.object({
  outcome: z.enum(WEBHOOK_TEST_OUTCOMES),
  message: z.string().describe('One sentence for people.'),
  delivery: deliveryDetailSchema,
})
export type WebhookTest = z.output<typeof webhookTestSchema>
