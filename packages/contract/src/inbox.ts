import { z } from 'zod'
import { timeSchema } from './schemas/common.ts'

/**
 * The address of the inbox: a receiver inside Ringback, for trying things out. As `Job-Webhook` of a job it gets the
 * webhook of that job. It is a name, not a place: nothing on the network has it.
 */
export const INBOX_URL = 'ringback://inbox'

/** What verifying one signature came to. */
export const SIGNATURE_VERDICTS = ['verified', 'wrong', 'missing'] as const
export type SignatureVerdict = (typeof SIGNATURE_VERDICTS)[number]

/** What the inbox answers to a webhook: what it saw of it, as any receiver could have. */
export const inboxReportSchema = z.object({
  received_at: timeSchema,
  headers: z.array(z.tuple([z.string(), z.string()])).describe('As they came, in order.'),
  body_bytes: z.int(),
  body_sha256: z.string().describe('Of the bytes that came, lower-case hex.'),
  x_signature: z.enum(SIGNATURE_VERDICTS),
  webhook_signature: z.enum(SIGNATURE_VERDICTS),
  secret: z
    .enum(['default', 'inbox'])
    .describe('Whose secret it was verified with: that of the webhook `default`, or of the inbox while that has none.'),
})
export type InboxReport = z.output<typeof inboxReportSchema>
