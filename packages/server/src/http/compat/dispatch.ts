import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Task } from '../../tasks/task.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { compatErrorSchema } from './errors.ts'
import type { ReadJobWebhook } from './job-webhook.ts'

/** What dispatching needs of `jobs/`. */
export interface Dispatcher {
  /**
   * Puts a job on disk and gives its id.
   * @throws StoreUnavailableError when the database cannot take the job
   */
  dispatch(job: {
    /** Chosen here when documents name it already. */
    readonly id?: string
    readonly accountId: string
    readonly type: string
    /** Checked by the schema of the task. */
    readonly input: unknown
    /** Checked by the guard; null: the account's webhooks are told. */
    readonly jobWebhookUrl: string | null
  }): Promise<{ jobId: string }>
}

/**
 * Seconds until the first poll makes sense. Only 1 to 4 are read alike by every client (wire facts, section 0 rule 8),
 * and most jobs end within a second or are told by webhook anyway.
 */
export const RETRY_AFTER_SECONDS = '1'

const dispatchedSchema = z.object({
  status_url: z.string().describe('Where the status of the job is. Absolute.'),
  job_id: z.string(),
})

export const dispatchHeadersSchema = z.object({
  'Job-Webhook': z
    .string()
    .optional()
    .describe('Where to send the webhook of this one job. Same rules as any webhook URL.'),
})

/** What every dispatch answers, besides what its own input can be refused with. */
export const dispatchAnswers = { 202: dispatchedSchema, 422: compatErrorSchema }

export interface DispatchDeps {
  readonly dispatcher: Dispatcher
  readonly readJobWebhook: ReadJobWebhook
  readonly publicUrl: string
}

/** `POST /api/v1<task.path>`: accepts a job of the task. One handler for every task there is. */
export function dispatchJob(task: Task, deps: DispatchDeps): Endpoint {
  const { dispatcher, readJobWebhook } = deps
  const answer = createDispatchAnswer(task, deps)
  return defineEndpoint({
    body: task.input,
    headers: dispatchHeadersSchema,
    answers: dispatchAnswers,
    async handle(request, reply) {
      const accountId = accountOf(request)
      const hasJobWebhook = request.headers['job-webhook'] !== undefined
      const { jobId } = await dispatcher.dispatch({
        accountId,
        type: task.type,
        input: request.body,
        jobWebhookUrl: hasJobWebhook ? await readJobWebhook(request, accountId) : null,
      })
      return answer(reply, jobId)
    },
  })
}

/** Makes the function that answers that a job of the task was accepted. */
export function createDispatchAnswer(
  task: Task,
  { publicUrl }: Pick<DispatchDeps, 'publicUrl'>,
): (reply: FastifyReply, jobId: string) => string {
  const statusUrlPrefix = `${publicUrl}/api/v1${task.path}/job/status/`
  // The answer is written by hand, around the id: the text before it is always the same, and this route is hot.
  const answerStart = `{"status_url":${JSON.stringify(statusUrlPrefix).slice(0, -1)}`
  return (reply, jobId) => {
    reply.code(202)
    reply.header('content-type', 'application/json; charset=utf-8')
    reply.header('retry-after', RETRY_AFTER_SECONDS)
    reply.header('sharpapi-job-id', jobId)
    return `${answerStart}${jobId}","job_id":"${jobId}"}`
  }
}
