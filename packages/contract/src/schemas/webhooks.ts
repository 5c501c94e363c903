import { z } from 'zod'
import {
  SECRET_LENGTH_MAX,
  SECRET_LENGTH_MIN,
  WAITING_COUNTED_MAX,
  WEBHOOK_NAME_LENGTH_MAX,
  WEBHOOK_URL_LENGTH_MAX,
} from '../limits.ts'
import { ATTEMPT_CAUSES, WEBHOOK_STATES } from '../statuses.ts'
import { idSchema, pageSchema, timeSchema } from './common.ts'
import { deliveryDetailSchema } from './deliveries.ts'
import { ruleFields, ruleRequestFields } from './webhook-rules.ts'

/** How a webhook is doing. */
const healthFields = {
  state: z
    .enum(WEBHOOK_STATES)
    .describe('`failing`: too many failures in a row, so it is paused and probed. `disabled`: switched off.'),
  paused_until: timeSchema.nullable().describe('Nothing is sent before; null when it is not paused.'),
  consecutive_failures: z.int().describe('Failed attempts since the last success.'),
  failing_since: timeSchema.nullable().describe('The first failure after the last success.'),
  last_success_at: timeSchema.nullable().describe('To the minute.'),
  last_cause: z.enum(ATTEMPT_CAUSES).nullable().describe('Why the last failed attempt failed.'),
  waiting: z.int().describe(`Deliveries that wait for it, counted up to ${WAITING_COUNTED_MAX}.`),
  oldest_waiting_since: timeSchema.nullable().describe('When the oldest of those was created.'),
}

/** A webhook as the API shows it. Its secret is never shown, only whether there is one. */
export const webhookSchema = z.object({
  id: idSchema,
  name: z.string().describe('`default` for the form of the announcement, `operational` for what happens to webhooks.'),
  enabled: z.boolean(),
  disabled_reason: z.string().nullable().describe('Why it was switched off when no person did it.'),
  url: z.string().nullable(),
  include_result: z.boolean().describe('Whether the body carries the result of the job.'),
  has_secret: z.boolean(),
  previous_secret_until: timeSchema
    .nullable()
    .describe('Until when the secret and key before the last change sign too; null when only the present ones sign.'),
  has_previous_secret: z
    .boolean()
    .describe('Whether another secret signs too until then; false when only the key was replaced.'),
  asymmetric_signature: z
    .boolean()
    .describe('Whether `webhook-signature` also has an ed25519 signature (`v1a`), which the public key verifies.'),
  public_key: z.string().nullable().describe('`whpk_…`; null without an asymmetric signature.'),
  previous_public_key: z
    .string()
    .nullable()
    .describe('The one before the last rotation, while it signs too; null otherwise.'),
  ...ruleFields,
  ...healthFields,
  created_at: timeSchema,
  updated_at: timeSchema,
})
export type Webhook = z.output<typeof webhookSchema>

export const webhookPageSchema = pageSchema(webhookSchema)

const nameSchema = z
  .string()
  .regex(
    new RegExp(`^[a-z0-9][a-z0-9._-]{0,${WEBHOOK_NAME_LENGTH_MAX - 1}}$`),
    `must have 1 to ${WEBHOOK_NAME_LENGTH_MAX} characters, lower-case letters, digits, ".", "_" and "-", and begin with ` +
      'a letter or digit',
  )
  .describe('Stands for its id in addresses.')

const secretSchema = z
  .string()
  .min(SECRET_LENGTH_MIN)
  .max(SECRET_LENGTH_MAX)
  .describe('Secret for signature. Never shown again.')

const settingFields = {
  name: nameSchema.optional(),
  enabled: z.boolean().optional(),
  url: z
    .string()
    .max(WEBHOOK_URL_LENGTH_MAX)
    .nullable()
    .optional()
    .describe('`https:`, reachable from the public internet, no fragment. Null removes it.'),
  secret: secretSchema.optional(),
  asymmetric_signature: z
    .boolean()
    .optional()
    .describe('True makes an ed25519 key that signs too (`v1a`); false takes it away at once.'),
  include_result: z.boolean().optional(),
  ...ruleRequestFields,
}

/** The form of the announcement and the rules. Fields that are left out stay as they are; unknown ones are an error. */
export const webhookChangeSchema = z.strictObject(settingFields)
export type WebhookChangeRequest = z.output<typeof webhookChangeSchema>

/** A new webhook: on unless said otherwise, with a generated name and secret when none are given. */
export const newWebhookSchema = z.strictObject(settingFields)

/** The webhook after a change. A secret that the server made is in it this one time. */
export const webhookChangedSchema = webhookSchema.extend({
  secret: z.string().optional().describe('Only when the server generated it just now. It is not shown again.'),
})
export type WebhookChanged = z.output<typeof webhookChangedSchema>

const graceSchema = (what: string) =>
  z
    .string()
    .optional()
    .describe(`How long the old ${what} goes on signing too: a duration from 0s to 7d, 24h when left out.`)
    .meta({ example: '24h' })

/** How to replace the key of an asymmetric signature: always by a generated one. */
export const keyRotationSchema = z.strictObject({ grace: graceSchema('key') }).optional()

/** How to replace a secret. Without a body: a generated one, and 24 h for the old one. */
export const rotationSchema = z
  .strictObject({
    secret: secretSchema.optional().describe('The new secret; generated when left out.'),
    grace: graceSchema('secret'),
  })
  .optional()

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
