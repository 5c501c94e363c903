import { z } from 'zod'
import { CUSTOM_HEADERS_MAX, RATE_LIMIT_PER_SECOND_MAX, RETRY_DELAYS_MAX } from '../limits.ts'
import { FINAL_JOB_STATUSES } from '../statuses.ts'

const FILTER_EMPTY =
  'is empty, so nothing would ever be told; send null for all, or "enabled": false to be told nothing'

/** Which jobs a webhook is told of, by type. The server takes only types that it has. */
export function jobTypesSchema<JobType extends z.ZodType<string>>(jobType: JobType) {
  return z.array(jobType).min(1, FILTER_EMPTY).nullable().describe('Job types that it is told of; null: all.')
}

const jobStatusesSchema = z
  .array(z.enum(FINAL_JOB_STATUSES))
  .min(1, FILTER_EMPTY)
  .nullable()
  .describe('Final statuses that it is told of; null: both.')

const retryScheduleSchema = z
  .array(z.string())
  .nullable()
  .describe(
    `How long to wait before each retry, such as \`["10s", "1m"]\`: at most ${RETRY_DELAYS_MAX} durations. Empty: no ` +
      "retries. Null: the server's own schedule.",
  )

const rateLimitSchema = z
  .int()
  .min(1)
  .max(RATE_LIMIT_PER_SECOND_MAX)
  .nullable()
  .describe('Most attempts a second; null: no limit.')

const customHeaderSchema = z.union([
  z.string(),
  z.strictObject({ value: z.string(), secret: z.boolean().optional() }),
  z.null(),
])

/** The rules of a webhook as requests set them. */
export const ruleRequestFields = {
  job_types: jobTypesSchema(z.string()).optional(),
  job_statuses: jobStatusesSchema.optional(),
  headers: z
    .record(z.string(), customHeaderSchema)
    .nullable()
    .optional()
    .describe(
      `Headers to send with each attempt, at most ${CUSTOM_HEADERS_MAX}: name and value, or ` +
        '`{"value": …, "secret": true}` for one that is never shown again. Those that are left out stay; null removes ' +
        'one, or all.',
    ),
  retry_schedule: retryScheduleSchema.optional(),
  rate_limit_per_second: rateLimitSchema.optional(),
}

/** The rules of a webhook as answers show them. */
export const ruleFields = {
  job_types: z.array(z.string()).nullable().describe('Job types that it is told of; null: all.'),
  job_statuses: jobStatusesSchema,
  headers: z
    .record(z.string(), z.object({ value: z.string(), secret: z.boolean() }))
    .describe('Custom headers. Values of secret ones are masked; a masked value that is sent back stays as it is.'),
  retry_schedule: retryScheduleSchema,
  rate_limit_per_second: rateLimitSchema,
}
