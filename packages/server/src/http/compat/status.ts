import {
  idParamsSchema,
  JOB_ERRORS,
  JOB_STATUSES,
  type JobErrorCode,
  jobUsageSchema,
  jobWaitingSchema,
} from '@ringback/contract'
import { z } from 'zod'
import { waitingOf } from '../../jobs/waiting.ts'
import type { Clock } from '../../lib/clock.ts'
import { AppError } from '../../lib/errors.ts'
import { isId } from '../../lib/ids.ts'
import { isoTime } from '../../lib/iso-time.ts'
import type { JobRunStore } from '../../store/job-runs.ts'
import type { JobRow, JobStore } from '../../store/jobs.ts'
import { OFFLINE_LANE } from '../../store/lane-health.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { dollarsOf, showUsage } from '../show-usage.ts'
import { RETRY_AFTER_SECONDS } from './dispatch.ts'
import { compatErrorSchema } from './errors.ts'

interface StatusDeps {
  readonly store: Pick<JobStore, 'findJob'> & Pick<JobRunStore, 'listJobRuns'>
  readonly clock: Clock
}

const metaSchema = z.object({ ...jobWaitingSchema.partial().shape, usage: jobUsageSchema.optional() })

const jobErrorSchema = z.object({
  code: z.enum(Object.keys(JOB_ERRORS) as [JobErrorCode, ...JobErrorCode[]]),
  message: z.string(),
})

function statusSchema<Result extends z.ZodType>(result: Result) {
  return z.object({
    data: z.object({
      type: z.enum(['api_job', 'api_job_result']).describe('`api_job_result` when there is a result.'),
      id: z.string(),
      attributes: z.object({
        status: z.enum(JOB_STATUSES),
        type: z.string(),
        result,
        error: jobErrorSchema.optional().describe('Only when the job failed.'),
      }),
      meta: metaSchema
        .optional()
        .describe('What a job waits for, and what it used of models. Ours; only when there is any.'),
    }),
  })
}

const anyPathSchema = idParamsSchema.extend({ group: z.string(), endpoint: z.string() })

/**
 * `GET /api/v1/<group>/<endpoint>/job/status/<id>`: the status, with the result as JSON. The path before `/job/status/`
 * is not looked at: documents of the original name wrong ones (wire facts, 3.1).
 */
export function jobStatus(deps: StatusDeps): Endpoint {
  const result = z.unknown().describe('What the task made; null until then, and when the job failed.')
  return statusEndpoint(deps, anyPathSchema, statusSchema(result), (row) => row.result ?? 'null')
}

/**
 * `GET /api/v1/job/status/<id>`, the older form: here `result` is always **text** that holds JSON, because clients
 * decide by the five segments of this path to decode it, and PHP stops with a TypeError on anything that is not text.
 * So "no result" is the text `null` here (wire facts, 3.3 and section 0 rule 6); the dispatch answer never leads here.
 */
export function legacyJobStatus(deps: StatusDeps): Endpoint {
  const result = z.string().describe('JSON text: what the task made; the text `null` until then, and when it failed.')
  return statusEndpoint(deps, idParamsSchema, statusSchema(result), (row) => JSON.stringify(row.result ?? 'null'))
}

function statusEndpoint(
  { store, clock }: StatusDeps,
  params: typeof idParamsSchema,
  answer: z.ZodType,
  resultText: (row: JobRow) => string,
): Endpoint {
  return defineEndpoint({
    params,
    answers: { 200: answer, 404: compatErrorSchema },
    async handle(request, reply) {
      const row = await findJob(store, accountOf(request), request.params.id)
      const meta = await metaOf(row)
      if (row.status === 'new' || row.status === 'pending') reply.header('retry-after', RETRY_AFTER_SECONDS)
      reply.header('content-type', 'application/json; charset=utf-8')
      const cost = meta.usage?.cost_micro_usd ?? null
      if (cost !== null) reply.header('sharpapi-cost', dollarsOf(cost))
      return statusText(row, resultText(row), meta)
    },
  })

  /** A job that waits its turn, or that asked no model, has nothing to tell. */
  async function metaOf(row: JobRow): Promise<z.output<typeof metaSchema>> {
    const waiting = waitingOf(row, clock.now())
    const runs = row.lane === OFFLINE_LANE ? [] : await store.listJobRuns(row.accountId, row.id)
    const usage = showUsage(runs)
    return {
      ...(waiting !== null &&
        waiting.reason !== 'turn' && { waiting_reason: waiting.reason, due_at: isoTime(waiting.until) }),
      ...(usage !== null && { usage }),
    }
  }
}

/** No such job, another account's job and what is no id at all: the same answer for all three. */
async function findJob(store: Pick<JobStore, 'findJob'>, accountId: string, jobId: string): Promise<JobRow> {
  const row = isId(jobId) ? await store.findJob(accountId, jobId) : null
  if (!row) throw new AppError('job.not_found', { detail: 'There is no such job.' })
  return row
}

/** Results are kept as JSON text and go out as they are: parsing a large one to write it again would only cost time. */
function statusText(row: JobRow, result: string, meta: object): string {
  const type = row.status === 'success' ? 'api_job_result' : 'api_job'
  const error = row.error === null ? '' : `,"error":${JSON.stringify(row.error)}`
  const more = Object.keys(meta).length === 0 ? '' : `,"meta":${JSON.stringify(meta)}`
  return (
    `{"data":{"type":"${type}","id":"${row.id}","attributes":` +
    `{"status":"${row.status}","type":${JSON.stringify(row.type)},"result":${result}${error}}${more}}}`
  )
}
