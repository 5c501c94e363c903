/** Every error of this library. None holds the API key, in its message or anywhere else. */
export class RingbackError extends Error {
  override readonly name: string = 'RingbackError'
}

/** No answer that can be used: the server was not reached, or the connection broke before all of it was there. */
export class RingbackConnectionError extends RingbackError {
  override readonly name = 'RingbackConnectionError'
  /** How often the request was sent. */
  readonly tries: number

  constructor(message: string, { tries, cause }: { tries: number; cause?: unknown }) {
    super(message, { cause })
    this.tries = tries
  }
}

/** No answer in time. */
export class RingbackTimeoutError extends RingbackError {
  override readonly name = 'RingbackTimeoutError'
  readonly timeoutMs: number
  /** The job that was waited for, which goes on; null when a single request took too long. */
  readonly jobId: string | null

  constructor(message: string, { timeoutMs, jobId = null }: { timeoutMs: number; jobId?: string | null }) {
    super(message)
    this.timeoutMs = timeoutMs
    this.jobId = jobId
  }
}

/** An answer that is not from this API: a page of a proxy, a redirect, the wrong base URL. */
export class RingbackResponseError extends RingbackError {
  override readonly name = 'RingbackResponseError'
  /** HTTP status. */
  readonly status: number

  constructor(message: string, { status }: { status: number }) {
    super(message)
    this.status = status
  }
}

/** What an error of the API says. */
export interface ApiErrorFields {
  /** HTTP status. */
  readonly status: number
  /** The server's code, such as `request.invalid`; null when it sent none. */
  readonly code: string | null
  /** What is wrong with each field of the request, by its name. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** What the server asked to wait, in seconds; null when it said nothing. */
  readonly retryAfterSeconds: number | null
  /** Names the request in the log of the server. */
  readonly requestId: string | null
}

/** The server refused the request or failed: the family of all errors with a status. */
export class RingbackApiError extends RingbackError implements ApiErrorFields {
  override readonly name: string = 'RingbackApiError'
  readonly status: number
  readonly code: string | null
  readonly fields: Readonly<Record<string, readonly string[]>>
  readonly retryAfterSeconds: number | null
  readonly requestId: string | null

  constructor(message: string, fields: ApiErrorFields) {
    super(message)
    this.status = fields.status
    this.code = fields.code
    this.fields = fields.fields
    this.retryAfterSeconds = fields.retryAfterSeconds
    this.requestId = fields.requestId
  }
}

/** 401 and 403: the key is missing, wrong, or may not do this. */
export class RingbackAuthError extends RingbackApiError {
  override readonly name = 'RingbackAuthError'
}

/** 429, after all retries, or with a `Retry-After` that is too long to sleep. */
export class RingbackRateLimitError extends RingbackApiError {
  override readonly name = 'RingbackRateLimitError'
}

/** Any other 4xx: the request itself is wrong, and is when it is sent again. */
export class RingbackRequestError extends RingbackApiError {
  override readonly name = 'RingbackRequestError'
}

/** 5xx, after all retries. */
export class RingbackServerError extends RingbackApiError {
  override readonly name = 'RingbackServerError'
}

/** The job that was waited for has failed or was cancelled. */
export class RingbackJobFailedError extends RingbackError {
  override readonly name = 'RingbackJobFailedError'
  readonly jobId: string
  readonly jobType: string
  /** Such as `model.unavailable` or `job.cancelled`; null when the server does not say why, as SharpAPI. */
  readonly code: string | null

  constructor(message: string, { jobId, jobType, code }: { jobId: string; jobType: string; code: string | null }) {
    super(message)
    this.jobId = jobId
    this.jobType = jobType
    this.code = code
  }
}

/** The error of a status: one class for each family. */
export function apiError(message: string, fields: ApiErrorFields): RingbackApiError {
  const { status } = fields
  if (status === 401 || status === 403) return new RingbackAuthError(message, fields)
  if (status === 429) return new RingbackRateLimitError(message, fields)
  if (status >= 500) return new RingbackServerError(message, fields)
  return new RingbackRequestError(message, fields)
}
