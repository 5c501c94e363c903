import { z } from 'zod'
import { RECOVERED_MAX } from '../limits.ts'
import { ATTEMPT_CAUSES } from '../statuses.ts'
import { momentSchema } from './common.ts'
import { deliverySchema } from './deliveries.ts'

/** A delivery that is due at once because a person asked. */
export const resendSchema = z.object({
  message: z.string().describe('How this attempt counts, in words for people.'),
  delivery: deliverySchema,
})
export type Resend = z.output<typeof resendSchema>

/** What to recover: all that failed or was discarded in a range of creation times. */
export const recoverRequestSchema = z.strictObject({
  since: momentSchema.describe('Created at this time or later.'),
  until: momentSchema.describe('Created before this time. At most 31 days after `since`.'),
  webhook: z.string().optional().describe('Id or name of a webhook. Left out: all of them, and job webhooks.'),
  cause: z.enum(ATTEMPT_CAUSES).optional().describe('Why the last attempt failed. Left out: whatever it was.'),
  missed: z
    .boolean()
    .optional()
    .describe(
      'Instead: jobs that were created in this time and have ended, and of which `webhook` was never told because it was off, or not there yet. Its filters hold.',
    ),
  dry_run: z.boolean().optional().describe('Count, and change nothing.'),
})

const skippedSchema = z.int().describe('Passed by because their webhook is switched off or removed.')

export const recoverableSchema = z.object({
  recoverable: z.int().describe('Deliveries that would be sent again.'),
  skipped: skippedSchema,
})

export const recoveredSchema = z.object({
  recovered: z.int().describe('Deliveries that wait for their first attempt again, with their whole schedule.'),
  skipped: skippedSchema,
  more: z.boolean().describe(`There are more: one request recovers ${RECOVERED_MAX} at most. Send it again.`),
})

/** Counts of a dry run, or of a recovery. */
export const recoveryResultSchema = z.union([recoverableSchema, recoveredSchema])
export type RecoveryResult = z.output<typeof recoveryResultSchema>
