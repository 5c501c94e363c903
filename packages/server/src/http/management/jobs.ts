import {
  idParamsSchema,
  type Job,
  type JobDetail,
  jobDetailSchema,
  jobPageSchema,
  jobQuerySchema,
  PAGE_LIMIT_MAX,
  problemSchema,
} from '@ringback/contract'
import { waitingOf } from '../../jobs/waiting.ts'
import type { Clock } from '../../lib/clock.ts'
import { formatDuration } from '../../lib/duration.ts'
import { AppError } from '../../lib/errors.ts'
import { isId } from '../../lib/ids.ts'
import { isoTime, isoTimeOrNull } from '../../lib/iso-time.ts'
import type { DeliveryStore } from '../../store/deliveries.ts'
import type { JobRun, JobRunStore } from '../../store/job-runs.ts'
import type { JobListRow, JobRow, JobStore } from '../../store/jobs.ts'
import { displayUrl } from '../../webhooks/url-guard.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { showUsage } from '../show-usage.ts'
import { readRange, toPage } from './page.ts'

/** `GET /api/v1/jobs`: newest first; filters alone or together. */
export function listJobs(deps: { store: Pick<JobStore, 'listJobs'> }): Endpoint {
  return defineEndpoint({
    query: jobQuerySchema,
    answers: { 200: jobPageSchema, 422: problemSchema },
    async handle(request) {
      const { status, type, model, limit } = request.query
      const rows = await deps.store.listJobs({
        ...readRange(accountOf(request), request.query),
        ...(status !== undefined && { status }),
        ...(type !== undefined && { type }),
        ...(model !== undefined && { model: readModel(model) }),
      })
      return toPage(rows, limit, showJob)
    },
  })
}

/** Models have slashes of their own: `compatible/meta/llama-4` is `meta/llama-4` of `compatible`. */
function readModel(name: string): { provider: string; model: string } {
  const slash = name.indexOf('/')
  return { provider: name.slice(0, slash), model: name.slice(slash + 1) }
}

/** `GET /api/v1/jobs/<id>`: with its input, its result, its runs and what was told of it. */
export function getJob(deps: {
  store: Pick<JobStore, 'findJob'> & Pick<JobRunStore, 'listJobRuns'> & Pick<DeliveryStore, 'listDeliveries'>
  clock: Clock
}): Endpoint {
  const { store, clock } = deps
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 200: jobDetailSchema, 404: problemSchema },
    async handle(request): Promise<JobDetail> {
      const { id } = request.params
      const accountId = accountOf(request)
      const row = isId(id) ? await store.findJob(accountId, id) : null
      if (!row) throw new AppError('job.not_found', { detail: 'There is no such job.' })
      // One for each webhook and the job webhook: far fewer than a page has.
      const deliveries = await store.listDeliveries({ accountId, jobId: id, limit: PAGE_LIMIT_MAX })
      const runs = await store.listJobRuns(accountId, id)
      const waiting = waitingOf(row, clock.now())
      return {
        ...showJob(row),
        ...showTexts(row),
        payload_removed_at: isoTimeOrNull(row.payloadRemovedAt),
        ...showPayloadRetention(row, deliveries),
        cancel_requested_at: isoTimeOrNull(row.cancelRequestedAt),
        waiting: waiting && { waiting_reason: waiting.reason, due_at: isoTime(waiting.until) },
        usage: showUsage(runs),
        runs: runs.map(showRun),
        deliveries: deliveries.map(({ id, status, webhookId, listenerId }) => ({
          id,
          status,
          webhook_id: webhookId,
          listener_id: listenerId,
        })),
      }
    },
  })
}

/** A job as lists show it. */
function showJob(row: JobListRow): Job {
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    error: row.error,
    attempts: row.attempts,
    job_webhook: row.jobWebhookUrl === null ? null : displayUrl(row.jobWebhookUrl),
    created_at: isoTime(row.createdAt),
    started_at: isoTimeOrNull(row.startedAt),
    finished_at: isoTimeOrNull(row.finishedAt),
  }
}

function showRun(run: JobRun): JobDetail['runs'][number] {
  return {
    number: run.number,
    started_at: isoTime(run.startedAt),
    ended_at: isoTime(run.endedAt),
    outcome: run.outcome,
    provider: run.provider,
    model: run.model,
    calls: run.calls,
    input_tokens: run.inputTokens,
    output_tokens: run.outputTokens,
    cost_micro_usd: run.costMicroUsd,
  }
}

/** Whatever the settings say: they may be shorter, since the job was dispatched. */
function showPayloadRetention(
  row: JobRow,
  deliveries: readonly { readonly finishedAt: number | null }[],
): Pick<JobDetail, 'payload_retention' | 'payload_removal_at'> {
  const { payloadRetentionMs, payloadRemovedAt } = row
  if (payloadRetentionMs === null) return { payload_retention: null, payload_removal_at: null }
  const ends = [row.finishedAt, ...deliveries.map(({ finishedAt }) => finishedAt)]
  const ended = ends.filter((end) => end !== null)
  const isPlanned = payloadRemovedAt === null && ended.length === ends.length
  return {
    payload_retention: formatDuration(payloadRetentionMs),
    payload_removal_at: isPlanned ? isoTime(Math.max(...ended) + payloadRetentionMs) : null,
  }
}

function showTexts({ input, result, payloadRemovedAt }: JobRow): Pick<JobDetail, 'input' | 'result'> {
  if (payloadRemovedAt !== null) return { input: null, result: null }
  return { input: JSON.parse(input), result: result === null ? null : JSON.parse(result) }
}
