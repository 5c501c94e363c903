import { idParamsSchema } from '@ringback/contract'
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import { isId } from '../../lib/ids.ts'
import type { JobRow, JobStore } from '../../store/jobs.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { compatErrorSchema } from './errors.ts'
import { resultSchema, resultText, statusSchema, type WriteStatus } from './status-answer.ts'

interface StatusDeps {
  readonly store: Pick<JobStore, 'findJob'>
  readonly writeStatus: WriteStatus
}

const anyPathSchema = idParamsSchema.extend({ group: z.string(), endpoint: z.string() })

/**
 * `GET /api/v1/<group>/<endpoint>/job/status/<id>`: the status, with the result as JSON. The path before `/job/status/`
 * is not looked at: documents of the original name wrong ones (wire facts, 3.1).
 */
export function jobStatus(deps: StatusDeps): Endpoint {
  return statusEndpoint(deps, anyPathSchema, statusSchema(resultSchema), resultText)
}

/**
 * `GET /api/v1/job/status/<id>`, the older form: here `result` is always **text** that holds JSON, because clients
 * decide by the five segments of this path to decode it, and PHP stops with a TypeError on anything that is not text.
 * So "no result" is the text `null` here (wire facts, 3.3 and section 0 rule 6); the dispatch answer never leads here.
 */
export function legacyJobStatus(deps: StatusDeps): Endpoint {
  const result = z.string().describe('JSON text: what the task made; the text `null` until then, and when it failed.')
  return statusEndpoint(deps, idParamsSchema, statusSchema(result), (row) => JSON.stringify(resultText(row)))
}

function statusEndpoint(
  { store, writeStatus }: StatusDeps,
  params: typeof idParamsSchema,
  answer: z.ZodType,
  textOf: (row: JobRow) => string,
): Endpoint {
  return defineEndpoint({
    params,
    answers: { 200: answer, 404: compatErrorSchema, 410: compatErrorSchema },
    async handle(request, reply) {
      const row = await findJob(store, accountOf(request), request.params.id)
      return await writeStatus(reply, row, textOf(row))
    },
  })
}

/** No such job, another account's job and what is no id at all: the same answer for all three. */
async function findJob(store: Pick<JobStore, 'findJob'>, accountId: string, jobId: string): Promise<JobRow> {
  const row = isId(jobId) ? await store.findJob(accountId, jobId) : null
  if (!row) throw new AppError('job.not_found', { detail: 'There is no such job.' })
  return row
}
