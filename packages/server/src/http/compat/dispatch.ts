import { z } from 'zod'
import type { Task } from '../../tasks/task.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { type AcceptDeps, createAcceptJob } from './accept-job.ts'
import { compatErrorSchema } from './errors.ts'
import { resultSchema, statusSchema } from './status-answer.ts'

const dispatchedSchema = z.object({
  status_url: z.string().describe('Where the status of the job is. Absolute.'),
  job_id: z.string(),
})

/** The request headers that mean something on every dispatch. */
export const dispatchHeadersSchema = z.object({
  'Job-Webhook': z
    .string()
    .optional()
    .describe('Where to send the webhook of this one job. Same rules as any webhook URL.'),
  'Payload-Retention': z
    .string()
    .optional()
    .describe(
      'How long input, result, documents and webhook bodies are kept after the last end of the job and its deliveries: ' +
        'a duration such as `1h`, from `1m` up to what the server keeps.',
    ),
  'Idempotency-Key': z
    .string()
    .optional()
    .describe('Names the request: sent again with the same key within a day, it makes no second job.'),
  Prefer: z.string().optional().describe('`wait=<seconds>`, 1 to 60: answer with the result if it is there in time.'),
})

/** What every dispatch answers, besides what its own input can be refused with. */
export const dispatchAnswers = answersOf(resultSchema)

/** The same for a task, whose result is described. What the handlers send is text, and is not checked again here. */
export function answersOf(result: z.ZodType) {
  return { 200: statusSchema(result), 202: dispatchedSchema, 422: compatErrorSchema } as const
}

/** What a task makes, as its status shows it. */
export function resultOf({ result }: Pick<Task, 'result'>): z.ZodType {
  return z.nullable(result).describe('Null until there is one, and when the job failed.')
}

/** `POST /api/v1<task.path>`: accepts a job of the task. One handler for every task whose input is JSON. */
export function dispatchJob(task: Task, deps: AcceptDeps): Endpoint {
  const acceptJob = createAcceptJob(task, deps)
  return defineEndpoint({
    body: task.input,
    headers: dispatchHeadersSchema,
    answers: answersOf(resultOf(task)),
    async handle(request, reply) {
      const input = request.body
      // What the task reads of the body: neither spaces nor fields that it does not know make another job.
      const { text } = await acceptJob(request, reply, { input, bodyFingerprint: () => JSON.stringify(input) })
      return text
    },
  })
}
