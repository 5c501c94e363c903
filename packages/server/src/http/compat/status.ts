import { idParamsSchema, JOB_ERRORS, JOB_STATUSES, type JobErrorCode } from '@ringback/contract'
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import { isId } from '../../lib/ids.ts'
import type { JobRow, JobStore } from '../../store/jobs.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { RETRY_AFTER_SECONDS } from './dispatch.ts'
import { compatErrorSchema } from './errors.ts'

type StatusStore = Pick<JobStore, 'findJob'>

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
    }),
  })
}

const anyPathSchema = idParamsSchema.extend({ group: z.string(), endpoint: z.string() })

/**
 * `GET /api/v1/<group>/<endpoint>/job/status/<id>`: the status, with the result as JSON. The path before `/job/status/`
 * is not looked at: documents of the original name wrong ones (wire facts, 3.1).
 */
export function jobStatus(deps: { store: StatusStore }): Endpoint {
  const result = z.unknown().describe('What the task made; null until then, and when the job failed.')
  return statusEndpoint(deps.store, anyPathSchema, statusSchema(result), (row) => row.result ?? 'null')
}

/**
 * `GET /api/v1/job/status/<id>`, the older form: here `result` is always **text** that holds JSON, because clients
 * decide by the five segments of this path to decode it, and PHP stops with a TypeError on anything that is not text.
 * So "no result" is the text `null` here (wire facts, 3.3 and section 0 rule 6); the dispatch answer never leads here.
 */
export function legacyJobStatus(deps: { store: StatusStore }): Endpoint {
  const result = z.string().describe('JSON text: what the task made; the text `null` until then, and when it failed.')
  return statusEndpoint(deps.store, idParamsSchema, statusSchema(result), (row) => JSON.stringify(row.result ?? 'null'))
}

function statusEndpoint(
  store: StatusStore,
  params: typeof idParamsSchema,
  answer: z.ZodType,
  resultText: (row: JobRow) => string,
): Endpoint {
  return defineEndpoint({
    params,
    answers: { 200: answer, 404: compatErrorSchema },
    async handle(request, reply) {
      const row = await findJob(store, accountOf(request), request.params.id)
      if (row.status === 'new' || row.status === 'pending') reply.header('retry-after', RETRY_AFTER_SECONDS)
      reply.header('content-type', 'application/json; charset=utf-8')
      return statusText(row, resultText(row))
    },
  })
}

/** No such job, another account's job and what is no id at all: the same answer for all three. */
async function findJob(store: StatusStore, accountId: string, jobId: string): Promise<JobRow> {
  const row = isId(jobId) ? await store.findJob(accountId, jobId) : null
  if (!row) throw new AppError('job.not_found', { detail: 'There is no such job.' })
  return row
}

/** Results are kept as JSON text and go out as they are: parsing a large one to write it again would only cost time. */
function statusText(row: JobRow, result: string): string {
  const type = row.status === 'success' ? 'api_job_result' : 'api_job'
  const error = row.error === null ? '' : `,"error":${JSON.stringify(row.error)}`
  return (
    `{"data":{"type":"${type}","id":"${row.id}","attributes":` +
    `{"status":"${row.status}","type":${JSON.stringify(row.type)},"result":${result}${error}}}}`
  )
}
