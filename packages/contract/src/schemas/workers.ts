import { z } from 'zod'
import {
  RESULT_DEPTH_MAX,
  WORKER_JOBS_MAX,
  WORKER_LEASE_SECONDS_DEFAULT,
  WORKER_LEASE_SECONDS_MAX,
  WORKER_LEASE_SECONDS_MIN,
  WORKER_TYPES_MAX,
  WORKER_WAIT_SECONDS_MAX,
} from '../limits.ts'
import { idSchema, isDeeper, timeSchema } from './common.ts'

const leaseSecondsSchema = z
  .int()
  .min(WORKER_LEASE_SECONDS_MIN)
  .max(WORKER_LEASE_SECONDS_MAX)
  .default(WORKER_LEASE_SECONDS_DEFAULT)
  .describe('How long the jobs are yours without a heartbeat.')

const leaseIdField = z.string().describe('The `lease_id` that the job came with.')

/** What a worker wants to work on. */
export const workerLeaseSchema = z.strictObject({
  types: z
    .array(z.string())
    .min(1)
    .max(WORKER_TYPES_MAX)
    .describe('Job types of workflows of the account, such as `custom_invoice_check`.'),
  limit: z.int().min(1).max(WORKER_JOBS_MAX).default(1).describe('Most jobs to lease.'),
  wait_seconds: z
    .number()
    .min(0)
    .max(WORKER_WAIT_SECONDS_MAX)
    .default(0)
    .describe('How long to wait for a job when there is none.'),
  lease_seconds: leaseSecondsSchema,
  worker: z
    .string()
    .regex(/^[\x20-\x7e]{1,100}$/, 'must have 1 to 100 printable ASCII characters')
    .optional()
    .describe('What the worker is called, for the log of the server.'),
})
export type WorkerLeaseRequest = z.output<typeof workerLeaseSchema>

const workerDocumentSchema = z.object({
  name: z.string().describe('As its sender calls it: text of a stranger, and no path.'),
  kind: z.string().describe('What it is by its bytes: `pdf`, `docx`, `doc`, `rtf`, `txt`, `jpeg`, `png` or `tiff`.'),
  size: z.int().describe('Bytes.'),
  url: z.string().describe('Where its bytes are, with the same API key as here.'),
})

/** Which of the documents of a leased job a worker wants. */
export const workerDocumentParamsSchema = z.object({ id: z.string(), parameter: z.string() })
export const workerDocumentQuerySchema = z.object({ lease_id: leaseIdField })

/** Jobs that are the worker's until the lease ends; none when none came in time. */
export const workerLeaseAnswerSchema = z.object({
  lease_id: idSchema.nullable().describe('To be sent with all that is said about the jobs; null when there are none.'),
  expires_at: timeSchema.nullable(),
  full: z
    .boolean()
    .describe("True: there are none because the account's workers have as many jobs as they may at once."),
  jobs: z.array(
    z.object({
      id: idSchema,
      type: z.string(),
      parameters: z.record(z.string(), z.unknown()).describe('Checked, with the default values filled in.'),
      documents: z
        .record(z.string(), workerDocumentSchema)
        .describe('The files that were sent with it, by parameter; to be fetched while the lease lasts.'),
      attempt: z.int().describe('1 when it is leased for the first time.'),
      created_at: timeSchema,
    }),
  ),
})
export type WorkerLeaseAnswer = z.output<typeof workerLeaseAnswerSchema>

export const workerHeartbeatSchema = z.strictObject({ lease_id: leaseIdField, lease_seconds: leaseSecondsSchema })

export const workerHeartbeatAnswerSchema = z.object({
  expires_at: timeSchema.describe('When the lease ends now.'),
})

export const workerCompleteSchema = z.strictObject({
  lease_id: leaseIdField,
  // Its depth is looked at first: the rest goes as deep as what was sent.
  result: z
    .unknown()
    .refine((value) => !isDeeper(value, RESULT_DEPTH_MAX), `is nested deeper than ${RESULT_DEPTH_MAX} levels`)
    .pipe(
      z.json({
        error: ({ input }) =>
          input === undefined ? "is missing; it must fit the workflow's output schema" : undefined,
      }),
    )
    .describe("Must fit the workflow's output schema."),
})

export const workerFailSchema = z.strictObject({
  lease_id: leaseIdField,
  code: z
    .string()
    .regex(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/, 'must be lower-case words of letters, digits and "_", joined by "."')
    .max(64)
    .default('failed')
    .describe('Why, for programs; told as `worker.<code>`.'),
  message: z.string().trim().min(1).max(2_000).describe('Why, for people. It is told to the account as it is.'),
  retry: z.boolean().default(false).describe('Whether the job can succeed later: it is leased again after a while.'),
})

/** What came of the job: it has ended, or it is to be leased again. */
export const workerJobStateSchema = z.object({
  id: idSchema,
  status: z.enum(['success', 'failed', 'pending']),
  retry_at: timeSchema.nullable().describe('When it can be leased again; null when it has ended.'),
})
