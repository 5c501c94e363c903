import { idParamsSchema, problemSchema } from '@ringback/contract'
import { z } from 'zod'
import { deleteWholeDocument } from '../../jobs/document-sweeper.ts'
import type { Clock } from '../../lib/clock.ts'
import { AppError } from '../../lib/errors.ts'
import { isId } from '../../lib/ids.ts'
import type { DocumentStore } from '../../store/documents.ts'
import type { RetentionStore } from '../../store/retention.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'

/**
 * `POST /api/v1/jobs/<id>/expunge`: removes all that a job was about, for good. No `DELETE`, because the job stays: what
 * was done, when and to whom is what an operator has to show, and nothing in it is the customer's.
 */
export function expungeJob(deps: {
  store: Pick<RetentionStore, 'expungeJob'> & Pick<DocumentStore, 'deleteDocument'>
  clock: Clock
}): Endpoint {
  const { store, clock } = deps
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 204: z.undefined(), 404: problemSchema, 409: problemSchema },
    async handle(request, reply): Promise<void> {
      const { id: jobId } = request.params
      const expunge = { accountId: accountOf(request), jobId, now: clock.now() }
      const expunged = isId(jobId) ? await store.expungeJob(expunge) : null
      if (expunged === null) throw new AppError('job.not_found', { detail: 'There is no such job.' })
      if (expunged === 'unfinished') {
        throw new AppError('job.not_ended', {
          detail: 'The job has not ended. Cancel the job or wait for its end, then expunge it.',
        })
      }
      if (expunged === 'delivering') {
        throw new AppError('job.not_ended', {
          detail: 'A delivery of the job has not ended. Wait for it or discard it, then expunge the job.',
        })
      }
      for (const documentId of expunged.documentIds) await deleteWholeDocument(store, documentId)
      reply.code(204)
    },
  })
}
