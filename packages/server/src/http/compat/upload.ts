import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import type { Task, TaskFile } from '../../tasks/task.ts'
import { readUpload, type UploadDeps } from '../multipart/read-upload.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { checkPart } from '../zod-problems.ts'
import { createDispatchAnswer, type DispatchDeps, dispatchAnswers, dispatchHeadersSchema } from './dispatch.ts'
import { compatErrorSchema } from './errors.ts'

/**
 * `POST /api/v1<task.path>` for tasks that take files: a multipart form, whose files are on disk before the job is. The
 * job is written last, so that what its row says is there.
 */
export function uploadJob(task: Task, files: readonly TaskFile[], deps: DispatchDeps & UploadDeps): Endpoint {
  const answer = createDispatchAnswer(task, deps)
  return defineEndpoint({
    form: formSchema(task, files),
    headers: dispatchHeadersSchema,
    answers: { ...dispatchAnswers, 413: compatErrorSchema, 415: compatErrorSchema },
    async handle(request, reply) {
      const accountId = accountOf(request)
      // First: nobody should have to send 100 MB to hear that a header is wrong.
      const hasJobWebhook = request.headers['job-webhook'] !== undefined
      const jobWebhookUrl = hasJobWebhook ? await deps.readJobWebhook(request, accountId) : null
      const upload = await readUpload(request.raw, { accountId, files }, deps).catch((error: unknown) => {
        // A client that is too slow is not waited for; the others get to send the rest, and to read the answer.
        if (error instanceof AppError && error.code === 'request.timeout') reply.header('connection', 'close')
        throw error
      })
      let input: unknown
      try {
        input = checkPart(task.input, upload.input, 'body')
      } catch (error) {
        await upload.discard().catch(() => {})
        throw error
      }
      // From here on a failure leaves the documents to the sweeper: the job may have been written all the same.
      const { jobId } = await deps.dispatcher.dispatch({
        id: upload.jobId,
        accountId,
        type: task.type,
        input,
        jobWebhookUrl,
      })
      return answer(reply, jobId)
    },
  })
}

/** The form as the documentation shows it: the text parts of the input, and the files as files. */
function formSchema(task: Task, files: readonly TaskFile[]): z.ZodType {
  const shape: Record<string, z.ZodType> = {}
  for (const { field, required } of files) shape[field] = required ? z.file() : z.file().optional()
  for (const [name, schema] of Object.entries(task.input instanceof z.ZodObject ? task.input.shape : {})) {
    shape[name] ??= schema as z.ZodType
  }
  return z.object(shape)
}
