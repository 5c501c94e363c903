import { RingbackResponseError } from './errors.ts'
import type { JobCancellation, JobDetail, JobPage } from './generated/api.ts'
import { CATALOGUE } from './generated/catalogue.ts'
import type { Settings } from './settings.ts'
import { readState } from './state.ts'
import type { CallOptions, JobRef, JobState, ResultOf } from './types.ts'

/** Filters of the list of jobs; each alone or together. */
export interface JobQuery {
  readonly status?: JobState['status']
  readonly type?: string
  /** A model that was asked, as `<provider>/<model>`. */
  readonly model?: string
  /** Created at this time or later. */
  readonly since?: Date | string
  /** Created before this time. */
  readonly until?: Date | string
  /** Rows in a page, 1 to 100. */
  readonly limit?: number
  /** `next_cursor` of the page before, or the id of a job: what comes behind it. */
  readonly cursor?: string
  /** Which come first; the newest when left out. */
  readonly order?: 'newest' | 'oldest'
}

/** Jobs that were dispatched. All but `status` are of Ringback's own API, and not there at SharpAPI. */
export interface Jobs {
  /** One poll: how the job stands. */
  status<Type extends string>(job: JobRef<Type>, options?: CallOptions): Promise<JobState<ResultOf<Type>>>
  /** All that is known of a job. */
  get(jobId: string, options?: CallOptions): Promise<JobDetail>
  /** A page of the account's jobs, newest first. */
  list(query?: JobQuery, options?: CallOptions): Promise<JobPage>
  /**
   * Cancels a job that has not ended.
   * @throws RingbackRequestError `job.ended` when it had; after a lost answer also when it was cancelled by the first try
   */
  cancel(jobId: string, options?: CallOptions): Promise<JobCancellation>
}

export function createJobs(settings: Settings): Jobs {
  const { base } = settings
  const call = async (method: 'GET' | 'POST', path: string, options: CallOptions = {}) => {
    const { signal } = options
    return (await settings.send({ method, url: `${base}${path}`, signal, timeoutMs: settings.timeoutOf(options) })).json
  }
  return {
    async status<Type extends string>(job: JobRef<Type>, options: CallOptions = {}) {
      const url = statusUrlOf(job, settings)
      const timeoutMs = settings.timeoutOf(options)
      const answer = await settings.send({ method: 'GET', url, signal: options.signal, timeoutMs })
      const state = readState(answer, url)
      if (state) return state as JobState<ResultOf<Type>>
      throw new RingbackResponseError('The answer is not the status of a job: is baseUrl right?', {
        status: answer.status,
      })
    },
    get: async (jobId, options) => (await call('GET', `/jobs/${encodeURIComponent(jobId)}`, options)) as JobDetail,
    list: async (query = {}, options) => {
      const given = Object.entries(query).filter(([, value]) => value !== undefined)
      const text = given.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : String(value)])
      const search = new URLSearchParams(text).toString()
      return (await call('GET', `/jobs${search === '' ? '' : `?${search}`}`, options)) as JobPage
    },
    cancel: async (jobId, options) =>
      (await call('POST', `/jobs/${encodeURIComponent(jobId)}/cancel`, options)) as JobCancellation,
  }
}

/**
 * Where the status is: what the server said, as long as it is on the server that the key is for. Else, and when it is not
 * known, the same route below the base URL.
 */
function statusUrlOf({ jobId, type, statusUrl }: JobRef, { base, origin }: Settings): string {
  if (statusUrl !== undefined && URL.canParse(statusUrl) && new URL(statusUrl).origin === origin) return statusUrl
  const path = CATALOGUE.find((entry) => entry.type === type)?.path ?? `/custom/${encodeURIComponent(type)}`
  return `${base}${path}/job/status/${encodeURIComponent(jobId)}`
}
