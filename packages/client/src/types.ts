import type { JobResults } from './generated/jobs.ts'
import type { Random } from './lib/chance.ts'
import type { Clock } from './lib/clock.ts'

/** The result of a job type; `unknown` for custom workflows and types that this version does not know. */
export type ResultOf<Type extends string> = Type extends keyof JobResults ? JobResults[Type] : unknown

export interface ClientOptions {
  /** Where the server is, such as `http://localhost:4400` or `https://sharpapi.com`; `/api/v1` is added when it is missing. */
  readonly baseUrl: string
  readonly apiKey: string
  /** The `fetch` to use; the global one when left out. */
  readonly fetch?: typeof globalThis.fetch
  /** How often a request is sent again, 0 to 10; 3 when left out. */
  readonly retries?: number
  /**
   * The longest that one try of a request may take, in milliseconds; a minute when left out, ten minutes for files. What
   * `waitSeconds` asks for comes on top.
   */
  readonly timeoutMs?: number
  /**
   * Whether the server knows `Idempotency-Key`. True when left out, except at sharpapi.com. When false, dispatches are
   * sent again only after a 429, which says that no job was made.
   */
  readonly idempotent?: boolean
  /** Chance for the jitter of retries. For tests. */
  readonly random?: Random
  /** Time. For tests. */
  readonly clock?: Clock
}

export interface CallOptions {
  /** Ends the call, and waiting for retries; the promise rejects with its reason. */
  readonly signal?: AbortSignal
  /** Instead of the client's. */
  readonly timeoutMs?: number
}

export interface DispatchOptions extends CallOptions {
  /** Where to send the webhook of this one job. */
  readonly jobWebhook?: string
  /**
   * Names the request: with the same key it makes no second job, for a day. One is made when left out, the same for each
   * try of the call. Give one of your own when your program may call again, after a crash: an order number.
   */
  readonly idempotencyKey?: string
  /**
   * How long the server keeps input, result, documents and webhook bodies of this job after the last end of it and its
   * deliveries: a duration such as `1h` or `30d`, from `1m` up to what the server keeps. As long as the server keeps them
   * when left out. SharpAPI does not know it.
   */
  readonly payloadRetention?: string
  /** Seconds that the server may wait for the end of the job before it answers, 1 to 60. */
  readonly waitSeconds?: number
}

/** How a job ended. */
export type EndedJob<Result> =
  | { readonly status: 'success'; readonly result: Result; readonly error: null }
  | { readonly status: 'failed'; readonly result: null; readonly error: JobFailure }

export interface JobFailure {
  readonly code: string | null
  readonly message: string
}

/** What is needed to find a job again: plain data, to be kept as JSON. */
export interface JobRef<Type extends string = string> {
  readonly jobId: string
  readonly type: Type
  readonly statusUrl?: string
}

/** A job that was accepted. */
export interface JobHandle<Type extends string = string, Result = ResultOf<Type>> extends JobRef<Type> {
  readonly statusUrl: string
  /** Its end, when it came within `waitSeconds`; null otherwise. */
  readonly ended: EndedJob<Result> | null
}

/** The state of a job. */
export interface JobState<Result = unknown> {
  readonly jobId: string
  readonly type: string
  readonly status: 'new' | 'pending' | 'success' | 'failed'
  /** Its end; null while it has not ended. */
  readonly ended: EndedJob<Result> | null
  /** When to ask again, in milliseconds. */
  readonly pollAfterMs: number
}

export interface WaitOptions {
  /** The longest to wait, in milliseconds; three minutes when left out. The job goes on after it. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}
