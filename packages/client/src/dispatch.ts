import { bodyOf } from './body.ts'
import { RingbackResponseError } from './errors.ts'
import type { Fields } from './files.ts'
import { newKey } from './lib/chance.ts'
import type { Answer } from './read-answer.ts'
import { isRecord } from './read-answer.ts'
import { type Settings, TIMER_MS_MAX } from './settings.ts'
import { readState } from './state.ts'
import type { DispatchOptions, JobHandle } from './types.ts'

/** The longest that servers wait, in seconds. */
const WAIT_SECONDS_MAX = 60

/** What servers take as an `Idempotency-Key`: printable ASCII, of which HTTP cuts spaces at the ends. */
const KEY = /^(?=.{1,255}$)[\x21-\x7e]+( +[\x21-\x7e]+)*$/

export interface JobToDispatch {
  /** Below `/api/v1`. */
  readonly path: string
  readonly type: string
  /** Fields that are files. */
  readonly files?: readonly string[] | undefined
  readonly asForm?: boolean | undefined
}

export type Dispatch = (job: JobToDispatch, input: Fields, options?: DispatchOptions) => Promise<JobHandle>

/**
 * Posts jobs. Every try of one call carries the same `Idempotency-Key`, so that a job is made once, whatever got lost.
 */
export function createDispatch(settings: Settings): Dispatch {
  return async ({ path, type, files, asForm }, input, options = {}) => {
    const { waitSeconds, jobWebhook, payloadRetention, signal } = options
    const body = bodyOf(input, { asForm: asForm ?? false, fileFields: files ?? [] })
    const key = checkKey(options.idempotencyKey)
    if (waitSeconds !== undefined && !(waitSeconds >= 1 && waitSeconds <= WAIT_SECONDS_MAX && waitSeconds % 1 === 0)) {
      throw new RangeError(`waitSeconds: must be a whole number from 1 to ${WAIT_SECONDS_MAX}, not ${waitSeconds}`)
    }
    const answer = await settings.send({
      method: 'POST',
      url: `${settings.base}${path}`,
      body,
      signal,
      timeoutMs: Math.min(settings.timeoutOf(options, body.hasFiles) + (waitSeconds ?? 0) * 1_000, TIMER_MS_MAX),
      repeatsHarm: !settings.idempotent,
      headers: {
        ...(settings.idempotent && { 'idempotency-key': key ?? newKey() }),
        ...(jobWebhook !== undefined && { 'job-webhook': jobWebhook }),
        ...(payloadRetention !== undefined && { 'payload-retention': payloadRetention }),
        ...(waitSeconds !== undefined && { prefer: `wait=${waitSeconds}` }),
      },
    })
    return handleOf(answer, type, `${settings.base}${path}/job/status/`)
  }
}

function checkKey(key: string | undefined): string | undefined {
  if (key === undefined || KEY.test(key)) return key
  throw new TypeError('idempotencyKey: must be 1 to 255 characters of printable ASCII, such as an order number')
}

/** Of a 202, or of the status that came in its place because the job had ended in time. */
function handleOf(answer: Answer, type: string, statusPrefix: string): JobHandle {
  const { json, status } = answer
  if (isRecord(json) && typeof json.job_id === 'string' && typeof json.status_url === 'string') {
    return { jobId: json.job_id, statusUrl: json.status_url, type, ended: null }
  }
  const state = readState(answer, statusPrefix)
  if (!state) throw new RingbackResponseError('The answer names no job: is baseUrl right?', { status })
  return { jobId: state.jobId, statusUrl: `${statusPrefix}${state.jobId}`, type: state.type, ended: state.ended }
}
