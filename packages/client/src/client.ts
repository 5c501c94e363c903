import { type CustomJobs, createCustom } from './custom.ts'
import { createDispatch, type Dispatch } from './dispatch.ts'
import type { Fields } from './files.ts'
import type { Quota } from './generated/api.ts'
import { CATALOGUE, type JobMethods } from './generated/catalogue.ts'
import { createJobs, type Jobs } from './jobs.ts'
import { type Settings, settingsOf } from './settings.ts'
import type { CallOptions, ClientOptions, DispatchOptions, JobHandle, JobRef, ResultOf, WaitOptions } from './types.ts'
import { createWait, type WaitedJob } from './wait.ts'

/** Dispatches jobs and waits for their results. It keeps no connection and needs no closing. */
export class RingbackClient implements JobMethods {
  readonly content: JobMethods['content']
  readonly seo: JobMethods['seo']
  readonly ecommerce: JobMethods['ecommerce']
  readonly hr: JobMethods['hr']
  readonly finance: JobMethods['finance']
  readonly tth: JobMethods['tth']
  /** Custom workflows of the account: call it, list them, describe one. */
  readonly custom: CustomJobs
  readonly jobs: Jobs
  readonly #settings: Settings
  readonly #wait: (job: WaitedJob | PromiseLike<WaitedJob>, options?: WaitOptions) => Promise<unknown>

  /** @throws TypeError or RangeError that names the option and what is wrong with it */
  constructor(options: ClientOptions) {
    this.#settings = settingsOf(options)
    const dispatch = createDispatch(this.#settings)
    const methods = jobMethods(dispatch)
    this.content = methods.content
    this.seo = methods.seo
    this.ecommerce = methods.ecommerce
    this.hr = methods.hr
    this.finance = methods.finance
    this.tth = methods.tth
    this.custom = createCustom(this.#settings, dispatch)
    this.jobs = createJobs(this.#settings)
    this.#wait = createWait(this.#settings, this.jobs)
  }

  /**
   * Gives the result of a job, by polling until it has ended. Takes what a dispatch gave, or its promise, or
   * what you kept of it: `{jobId, type}`.
   * @throws RingbackJobFailedError when the job failed or was cancelled; RingbackTimeoutError when it has not ended in time
   */
  wait<Type extends string, Result>(
    job: JobHandle<Type, Result> | PromiseLike<JobHandle<Type, Result>>,
    options?: WaitOptions,
  ): Promise<Result>
  wait<Type extends string>(job: JobRef<Type>, options?: WaitOptions): Promise<ResultOf<Type>>
  wait(job: WaitedJob | PromiseLike<WaitedJob>, options?: WaitOptions): Promise<unknown> {
    return this.#wait(job, options)
  }

  /** What the account used, and its limits. */
  async quota(options: CallOptions = {}): Promise<Quota> {
    return (await this.#get('/quota', options)) as Quota
  }

  /** That the server is there; `timestamp` is its time in UTC. */
  async ping(options: CallOptions = {}): Promise<{ ping: 'pong'; timestamp: string }> {
    return (await this.#get('/ping', options)) as { ping: 'pong'; timestamp: string }
  }

  async #get(path: string, options: CallOptions): Promise<unknown> {
    const { base, send, timeoutOf } = this.#settings
    return (await send({ method: 'GET', url: `${base}${path}`, signal: options.signal, timeoutMs: timeoutOf(options) }))
      .json
  }
}

/** The methods as the generated types promise them; a test calls each. */
function jobMethods(dispatch: Dispatch): JobMethods {
  const groups: Record<string, Record<string, (input: Fields, options?: DispatchOptions) => Promise<JobHandle>>> = {}
  for (const { group, method, ...job } of CATALOGUE) {
    groups[group] = { ...groups[group], [method]: (input, options) => dispatch(job, input, options) }
  }
  return groups as unknown as JobMethods
}
