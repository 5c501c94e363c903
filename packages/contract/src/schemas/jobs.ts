import { z } from 'zod'
import { JOB_ERRORS, type JobErrorCode } from '../errors.ts'
import { DELIVERY_STATUSES, JOB_STATUSES } from '../statuses.ts'
import { idSchema, momentSchema, orderedPageQueryFields, pageSchema, timeSchema } from './common.ts'
import { jobUsageSchema, jobWaitingSchema } from './job-usage.ts'

/** The code of a failed job's error: one of ours, or one of the account's own worker. */
export const jobErrorCodeSchema = z
  .union([
    z.enum(Object.keys(JOB_ERRORS) as [JobErrorCode, ...JobErrorCode[]]),
    z.templateLiteral(['worker.', z.string()]),
  ])
  .describe('Workers of the account have codes of their own, which begin with `worker.`.')

const jobErrorSchema = z.object({
  code: jobErrorCodeSchema,
  message: z.string(),
})

/** A job in a list: without its input and result, which can be a megabyte each. */
export const jobSchema = z.object({
  id: idSchema,
  type: z.string(),
  status: z.enum(JOB_STATUSES),
  error: jobErrorSchema.nullable().describe('Why it failed; null unless `failed`.'),
  attempts: z.int().describe('How often it was started.'),
  job_webhook: z.string().nullable().describe('The address of its `Job-Webhook` header.'),
  created_at: timeSchema,
  started_at: timeSchema.nullable().describe('When it was started first.'),
  finished_at: timeSchema.nullable(),
})
export type Job = z.output<typeof jobSchema>

/** A delivery that tells of a job. `GET /deliveries/<id>` has the rest of it. */
export const jobDeliverySchema = z.object({
  id: idSchema,
  status: z.enum(DELIVERY_STATUSES),
  webhook_id: idSchema.nullable().describe('Null for the job webhook and for a listener.'),
  listener_id: idSchema.nullable().describe('The listener that it is a copy for; null for all others.'),
})

/** One start of a job that asked a model, or did not simply succeed; the others leave no record. */
export const jobRunSchema = z.object({
  number: z.int().describe('1 for the first start. Numbers are missing where there is nothing to tell.'),
  started_at: timeSchema,
  ended_at: timeSchema,
  outcome: z.string().describe('`success`, or the code of what ended it.'),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  calls: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cost_micro_usd: z.int().nullable().describe('Null when it is not known.'),
})

/** A job with all that is known of it. */
export const jobDetailSchema = jobSchema.extend({
  input: z.unknown().describe('What the task was given: the fields it knows; null when it was removed.'),
  result: z.unknown().describe('What the task made; null unless `success`.'),
  payload_removed_at: timeSchema
    .nullable()
    .describe('When input, result and bodies were removed, by age or because somebody asked; null: they are there.'),
  payload_retention: z
    .string()
    .nullable()
    .describe('What its `Payload-Retention` header asked for, such as `1h`; null: it had none.'),
  payload_removal_at: timeSchema
    .nullable()
    .describe(
      'When input, result and bodies will go because of `payload_retention`; null while the job or a delivery of it has ' +
        'not ended, when they have gone, and without the header.',
    ),
  cancel_requested_at: timeSchema.nullable(),
  waiting: jobWaitingSchema.nullable().describe('Null when it runs or has ended.'),
  usage: jobUsageSchema.nullable().describe('Null when no model was asked.'),
  runs: z.array(jobRunSchema).describe('Oldest first.'),
  deliveries: z.array(jobDeliverySchema).describe('Newest first.'),
})
export type JobDetail = z.output<typeof jobDetailSchema>

export const jobPageSchema = pageSchema(jobSchema)

/** Filters of the job list; each alone or together. */
export const jobQuerySchema = z.strictObject({
  ...orderedPageQueryFields,
  status: z.enum(JOB_STATUSES).optional(),
  type: z.string().optional().describe('Job type, such as `content_translate`.'),
  model: z
    .string()
    .regex(/^[^/]+\/./, 'must be a provider and a model, such as openai/gpt-5-mini')
    .optional()
    .describe('A model that was asked, as `<provider>/<model>`: jobs with at least one run of it.'),
  since: momentSchema.optional().describe('Created at this time or later.'),
  until: momentSchema.optional().describe('Created before this time.'),
})
