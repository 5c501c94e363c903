import { z } from 'zod'
import { ATTEMPT_CAUSES, DELIVERY_STATUSES, DELIVERY_TRIGGERS, FINAL_JOB_STATUSES } from '../statuses.ts'
import { idSchema, momentSchema, orderedPageQueryFields, pageSchema, timeSchema } from './common.ts'

export const headersSchema = z
  .array(z.tuple([z.string(), z.string()]))
  .describe('Name and value, in the order of the wire.')

/** A delivery in a list. */
export const deliverySchema = z.object({
  id: idSchema.describe('The `webhook-id` of each of its attempts.'),
  status: z.enum(DELIVERY_STATUSES),
  trigger: z
    .enum(DELIVERY_TRIGGERS)
    .describe(
      '`job`: a job has ended. `test`: somebody pressed "send test". `event`: something happened to a webhook.',
    ),
  webhook_id: idSchema.nullable().describe('Null for a job webhook and for a listener.'),
  listener_id: idSchema
    .nullable()
    .describe('The listener (`ringback listen`) that it is a copy for, which may be gone; null for all others.'),
  job_id: idSchema.nullable().describe('Null for a test and an event.'),
  job_type: z.string().describe('Of an event: its type, such as `webhook.failing`.'),
  job_status: z.enum(FINAL_JOB_STATUSES),
  url: z.string().nullable().describe('Where the next attempt goes, or the last one went.'),
  attempt_count: z.int(),
  next_attempt_at: timeSchema.nullable().describe('Null unless `waiting`.'),
  last_cause: z.enum(ATTEMPT_CAUSES).nullable().describe('Why the last attempt failed; null when it did not.'),
  created_at: timeSchema,
  finished_at: timeSchema.nullable(),
  delivered_at: timeSchema
    .nullable()
    .describe('When it was delivered first; a later resend that fails does not take that back.'),
  payload_removed_at: timeSchema
    .nullable()
    .describe('When its body and those of the answers were removed; null: they are there. It cannot be sent again.'),
})
export type Delivery = z.output<typeof deliverySchema>

/** One HTTP request of a delivery, with all that was sent and answered. */
export const attemptSchema = z.object({
  number: z.int().describe('1 for the first.'),
  resend: z.boolean().describe('A person asked for it.'),
  started_at: timeSchema,
  cause: z.enum(ATTEMPT_CAUSES).nullable().describe('Why it failed; null when it did not.'),
  message: z.string().nullable().describe('One sentence about the cause.'),
  request: z.object({ method: z.literal('POST'), url: z.string(), headers: headersSchema }),
  response: z
    .object({
      status: z.int(),
      headers: headersSchema,
      body: z.string().nullable().describe('At most 16 KiB of it, as text.'),
      truncated: z.boolean().describe('More was answered than was kept.'),
    })
    .nullable(),
  remote_address: z.string().nullable().describe('The address that was connected to, with port.'),
  timing: z.object({
    dns_ms: z.number().nullable(),
    connect_ms: z.number().nullable(),
    tls_ms: z.number().nullable(),
    first_byte_ms: z.number().nullable(),
    total_ms: z.number(),
  }),
})
export type Attempt = z.output<typeof attemptSchema>

/** A delivery with its exact body and its attempts, the first one first. */
export const deliveryDetailSchema = deliverySchema.extend({
  body: z.string().nullable().describe('The exact text that is sent and signed; null when it was removed.'),
  attempts: z.array(attemptSchema),
})
export type DeliveryDetail = z.output<typeof deliveryDetailSchema>

export const deliveryPageSchema = pageSchema(deliverySchema)

/** Filters of the delivery list; each alone or together. */
export const deliveryQuerySchema = z.strictObject({
  ...orderedPageQueryFields,
  status: z.enum(DELIVERY_STATUSES).optional(),
  webhook: z.string().optional().describe('Id or name of a webhook; of a removed one the id.'),
  job_id: z.string().optional(),
  type: z.string().optional().describe('Job type, such as `content_translate`; or the type of an event.'),
  cause: z.enum(ATTEMPT_CAUSES).optional().describe('Why the last attempt failed.'),
  trigger: z.enum(DELIVERY_TRIGGERS).optional(),
  since: momentSchema.optional().describe('Created at this time or later.'),
  until: momentSchema.optional().describe('Created before this time.'),
})
