import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import type { Task, TaskFile } from '../../tasks/task.ts'
import { readUpload, type Upload, type UploadDeps } from '../multipart/read-upload.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { singleHeader } from '../single-header.ts'
import { checkPart } from '../zod-problems.ts'
import { type AcceptDeps, type AcceptJob, createAcceptJob, type ReadJob } from './accept-job.ts'
import { answersOf, dispatchAnswers, dispatchHeadersSchema, resultOf } from './dispatch.ts'
import { compatErrorSchema } from './errors.ts'
import { readIdempotencyKey } from './idempotency-key.ts'
import { JOB_WEBHOOK_FIELD, JOB_WEBHOOK_HEADER } from './job-webhook.ts'

/** What every form with files can be refused with, besides what a dispatch can. */
export const uploadAnswers = { ...dispatchAnswers, 413: compatErrorSchema, 415: compatErrorSchema } as const

/**
 * `POST /api/v1<task.path>` for tasks that take files: a multipart form, whose files are on disk before the job is.
 */
export function uploadJob(task: Task, files: readonly TaskFile[], deps: AcceptDeps & UploadDeps): Endpoint {
  const acceptJob = createAcceptJob(task, deps)
  return defineEndpoint({
    form: formSchema(task, files),
    headers: dispatchHeadersSchema,
    answers: { ...uploadAnswers, ...answersOf(resultOf(task)) },
    handle: (request, reply) => acceptUpload(request, reply, { acceptJob, files, check }, deps),
  })

  function check({ fields, documents }: Upload) {
    return { input: checkPart(task.input, { ...fields, ...documents }, 'body') }
  }
}

export interface UploadRules {
  readonly acceptJob: AcceptJob
  readonly files: readonly TaskFile[]
  /** Gives the input of the job. @throws AppError when the form does not fit */
  readonly check: (upload: Upload) => Pick<ReadJob, 'input' | 'runBy'>
}

/** Reads a form and accepts its job, which is written last, so that what its row says is there. Gives the answer's body. */
export async function acceptUpload(
  request: FastifyRequest,
  reply: FastifyReply,
  { acceptJob, files, check }: UploadRules,
  deps: AcceptDeps & UploadDeps,
): Promise<string> {
  const accountId = accountOf(request)
  // First: nobody should have to send 100 MB to hear that a header is wrong. It is checked again when the file has
  // come, minutes later; with a key only then, because a replay does not need an address that resolves.
  const jobWebhook = singleHeader(request, JOB_WEBHOOK_HEADER, JOB_WEBHOOK_FIELD)
  const hasKey = readIdempotencyKey(request) !== null
  deps.readPayloadRetention(request)
  if (jobWebhook !== null && !hasKey) await deps.checkJobWebhook(jobWebhook, accountId)
  const upload = await readUpload(request.raw, { accountId, files }, deps).catch((error: unknown) => {
    // A client that is too slow is not waited for; the others get to send the rest, and to read the answer.
    if (error instanceof AppError && error.code === 'request.timeout') reply.header('connection', 'close')
    throw error
  })
  let checked: ReturnType<UploadRules['check']>
  try {
    checked = check(upload)
  } catch (error) {
    await upload.discard().catch(() => {})
    throw error
  }
  // From here on a failure leaves the documents to the sweeper: the job may have been written all the same.
  const bodyFingerprint = () => upload.fingerprint
  const { text, replayed } = await acceptJob(request, reply, { id: upload.jobId, ...checked, bodyFingerprint })
  if (replayed) await upload.discard().catch(() => {})
  return text
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
