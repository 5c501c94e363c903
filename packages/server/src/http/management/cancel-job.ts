import { idParamsSchema, type JobCancel, jobCancelSchema, problemSchema } from '@ringback/contract'
import { AppError } from '../../lib/errors.ts'
import { isId } from '../../lib/ids.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'

/** What cancelling needs of `jobs/`. */
export interface Canceller {
  /** What came of it; null when the account has no such job. */
  cancel(accountId: string, jobId: string): Promise<'cancelled' | 'stopping' | 'ended' | null>
}

/** `POST /api/v1/jobs/<id>/cancel`: a job that waits ends at once, one that runs is stopped. */
export function cancelJob({ canceller }: { canceller: Canceller }): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 200: jobCancelSchema, 202: jobCancelSchema, 404: problemSchema, 409: problemSchema },
    async handle(request, reply): Promise<JobCancel> {
      const { id } = request.params
      const outcome = isId(id) ? await canceller.cancel(accountOf(request), id) : null
      if (outcome === null) throw new AppError('job.not_found', { detail: 'There is no such job.' })
      if (outcome === 'ended') {
        throw new AppError('job.ended', {
          detail: 'The job has ended already; its status has the result or the error.',
        })
      }
      if (outcome === 'cancelled') return { id, status: 'failed', message: 'The job was cancelled.' }
      reply.code(202)
      return { id, status: 'pending', message: 'The job is being stopped; it ends within a few seconds.' }
    },
  })
}
