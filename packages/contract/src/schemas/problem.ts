import { z } from 'zod'
import { ERRORS, type ErrorCode } from '../errors.ts'

/** An error of the management API: RFC 9457 `application/problem+json`. */
export const problemSchema = z
  .object({
    type: z.string().describe('Where the error is explained: a path on this server.'),
    title: z.string().describe('The same for every occurrence of the code.'),
    status: z.int(),
    detail: z.string().describe('What is wrong here, and what would make it right.'),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    request_id: z.string().describe('Names this request in the log of the server.'),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('The fields that are wrong.'),
  })
  .meta({ description: 'An error (RFC 9457).' })
export type Problem = z.output<typeof problemSchema>
