import { z } from 'zod'
import { JOB_WEBHOOK_MODES } from '../statuses.ts'
import { idSchema, timeSchema } from './common.ts'

const jobWebhookSchema = z
  .enum(JOB_WEBHOOK_MODES)
  .describe(
    "Whether a job with a `Job-Webhook` header tells that address `instead` of the account's webhooks, or `also`.",
  )

/** The account whose key is used. */
export const accountSchema = z.object({
  id: idSchema,
  name: z.string(),
  job_webhook: jobWebhookSchema,
  created_at: timeSchema,
})
export type Account = z.output<typeof accountSchema>

/** Fields that are left out stay as they are. */
export const accountChangeSchema = z.strictObject({ job_webhook: jobWebhookSchema.optional() })
