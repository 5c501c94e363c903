import { JOB_STATUSES, jobErrorCodeSchema, jobUsageSchema, jobWaitingSchema } from '@ringback/contract'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { waitingOf } from '../../jobs/waiting.ts'
import type { Clock } from '../../lib/clock.ts'
import { AppError } from '../../lib/errors.ts'
import { isoTime } from '../../lib/iso-time.ts'
import type { JobRunStore } from '../../store/job-runs.ts'
import type { JobRow } from '../../store/jobs.ts'
import { OFFLINE_LANE } from '../../store/lane-health.ts'
import { dollarsOf, showUsage } from '../show-usage.ts'

/**
 * Seconds until the first poll makes sense. Only 1 to 4 are read alike by every client (wire facts, section 0 rule 8),
 * and most jobs end within a second or are told by webhook anyway.
 */
export const RETRY_AFTER_SECONDS = '1'

const metaSchema = z.object({ ...jobWaitingSchema.partial().shape, usage: jobUsageSchema.optional() })

const jobErrorSchema = z.object({
  code: jobErrorCodeSchema,
  message: z.string(),
})

/** The status of a job as clients of the compat family read it. */
export function statusSchema<Result extends z.ZodType>(result: Result) {
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

/** What the result of a job is in its status, where it is JSON. */
export const resultSchema = z.unknown().describe('What the task made; null until then, and when the job failed.')

/** The result as JSON text: null until there is one. */
export const resultText = (row: JobRow): string => row.result ?? 'null'

/**
 * Writes the answer that tells the status of a job: sets its headers and gives its body, or throws `job.payload_removed`. `result` is JSON text, and goes
 * out as it is: parsing a large one to write it again would only cost time.
 */
export type WriteStatus = (reply: FastifyReply, row: JobRow, result: string) => Promise<string>

export function createStatusWriter(deps: { store: Pick<JobRunStore, 'listJobRuns'>; clock: Clock }): WriteStatus {
  const { store, clock } = deps

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

  return async (reply, row, result) => {
    // Not null, which clients would take for the result.
    if (row.status === 'success' && row.payloadRemovedAt !== null) {
      throw new AppError('job.payload_removed', {
        detail: 'The job has succeeded, and its result was removed, by age or because somebody asked.',
      })
    }
    const meta = await metaOf(row)
    if (row.status === 'new' || row.status === 'pending') reply.header('retry-after', RETRY_AFTER_SECONDS)
    reply.header('content-type', 'application/json; charset=utf-8')
    const cost = meta.usage?.cost_micro_usd ?? null
    if (cost !== null) reply.header('sharpapi-cost', dollarsOf(cost))
    const type = row.status === 'success' ? 'api_job_result' : 'api_job'
    const error = row.error === null ? '' : `,"error":${JSON.stringify(row.error)}`
    const more = Object.keys(meta).length === 0 ? '' : `,"meta":${JSON.stringify(meta)}`
    return (
      `{"data":{"type":"${type}","id":"${row.id}","attributes":` +
      `{"status":"${row.status}","type":${JSON.stringify(row.type)},"result":${result}${error}}${more}}}`
    )
  }
}
