import { finalStatus, type JobEnded } from '../jobs/end.ts'
import { countWords } from '../jobs/words.ts'
import type { Clock } from '../lib/clock.ts'
import type { NewJobRun } from '../store/job-runs.ts'
import type { JobStore } from '../store/jobs.ts'
import type { WorkerJobRow, WorkerJobStore } from '../store/worker-jobs.ts'
import { jobWebhookAddress } from '../webhooks/job-webhook-address.ts'
import { buildBodies } from '../webhooks/payload.ts'
import { readJobInput } from '../workflows/job-input.ts'

/** The part of a job that its end needs. */
type EndingJob = Pick<WorkerJobRow, 'id' | 'accountId' | 'type' | 'input' | 'jobWebhookUrl'>

/**
 * Writes the end of a job and the deliveries that tell of it in one transaction, like every end, if the lease still holds
 * the job; gives false when not. The deliveries wait for a courier: the lease is no process that could send them.
 */
export async function finishWorkerJob(
  job: EndingJob,
  leaseId: string,
  end: JobEnded,
  record: NewJobRun | null,
  deps: {
    readonly store: Pick<JobStore, 'finishJob'> & Pick<WorkerJobStore, 'endWorkerLease'>
    readonly clock: Clock
    readonly statusUrl: (type: string, jobId: string) => string
  },
): Promise<boolean> {
  const { id, accountId, type, input, jobWebhookUrl } = job
  const resultText = end.kind === 'success' ? end.resultText : null
  const error = end.kind === 'failed' ? end.error : null
  const status = finalStatus(end)
  const resultUrl = deps.statusUrl(type, id)
  const { finished } = await deps.store.finishJob({
    id,
    leasedBy: leaseId,
    status,
    result: resultText,
    error,
    finishedAt: deps.clock.now(),
    ...buildBodies({ id, status, type, error, resultText, resultUrl }),
    leaseDeliveriesMax: 0,
    record,
    words: status === 'success' ? countWords(JSON.stringify(readJobInput(input).parameters)) : 0,
    jobWebhookAddress: jobWebhookUrl === null ? null : jobWebhookAddress(accountId, jobWebhookUrl),
  })
  if (finished) await deps.store.endWorkerLease(leaseId)
  return finished
}
