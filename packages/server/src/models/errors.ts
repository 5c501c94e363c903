import { APICallError, EmptyResponseBodyError, InvalidResponseDataError, JSONParseError } from 'ai'
import { TaskError } from '../tasks/task.ts'

/** Characters of a provider's own message that are kept, for the log only. */
const PROVIDER_MESSAGE_LENGTH_MAX = 300

/** Refusals that heal by waiting (AI SDK's own list, plus everything from 500). */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 409, 425, 429])

/** The provider looked at the content, or at its own answer, and would not go on. */
export function contentFiltered(): TaskError {
  return new TaskError('model.rejected', "The model provider's content filter refused the content.")
}

/** Whether an answer came that the SDK could make nothing of: JSON without the part that is the answer, or none. */
export function isNoModelAnswer(error: unknown): error is Error {
  return (
    InvalidResponseDataError.isInstance(error) ||
    EmptyResponseBodyError.isInstance(error) ||
    JSONParseError.isInstance(error)
  )
}

export interface ErrorContext {
  /** Unix milliseconds, for `Retry-After` dates. */
  readonly now: number
  /** Removed from messages wherever it appears. */
  readonly apiKey: string | null
}

/**
 * What an error of a model call means for the job. The text is for the job's owner: nothing of the provider's own, which
 * can contain keys, internal names and the content. The cause is for the log, shortened and without keys or bodies.
 *
 * Errors that say nothing about the provider are given back as they are: they are bugs.
 */
export function toTaskError(error: unknown, context: ErrorContext): unknown {
  // Their texts quote the answer, and the log has no bodies.
  if (isNoModelAnswer(error)) return noModelAnswer(new Error(error.name))
  if (!APICallError.isInstance(error)) return error
  const cause = describe(error, context)
  const status = error.statusCode
  if (status === undefined) {
    return unavailable('The model provider could not be reached.', cause)
  }
  if (status < 300) {
    // A proxy's page, a connection that broke in the middle, an error in a 200: not the model's answer in any case.
    return noModelAnswer(cause)
  }
  if (status === 402 || isQuotaUsedUp(error)) {
    return new TaskError('model.rejected', "This server's quota at the model provider is used up.", { cause })
  }
  if (status >= 500 || RETRYABLE_STATUSES.has(status)) {
    const waitMs = retryAfterMs(error.responseHeaders ?? {}, context.now)
    if (status === 429) return unavailable('The model provider is limiting requests.', cause, waitMs, true)
    return unavailable(`The model provider is not available at the moment (HTTP ${status}).`, cause, waitMs)
  }
  return new TaskError('model.rejected', refusalText(status), { cause })
}

/**
 * What the provider asked to wait, in milliseconds: `retry-after-ms`, else `retry-after` as seconds or date. Of any
 * length: what is too long is the runner's to judge.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const exactMs = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (exactMs >= 0) return Math.ceil(exactMs)
  const value = (headers['retry-after'] ?? '').trim()
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1_000)
  // Only HTTP dates, which name a day and a time: Date.parse reads a year into almost anything else.
  const at = /[a-z]{3}.*\d\d:\d\d/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

function noModelAnswer(cause: Error): TaskError {
  return unavailable('The model provider answered with something that is no model answer.', cause)
}

function unavailable(message: string, cause: Error, waitMs?: number, limited = false): TaskError {
  return new TaskError('model.unavailable', message, {
    retryable: true,
    limited,
    cause,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  })
}

/** OpenAI's 429 that no waiting heals: somebody has to pay first. */
function isQuotaUsedUp(error: APICallError): boolean {
  const details = (error.data as { error?: { code?: unknown; type?: unknown } } | undefined)?.error
  return details?.code === 'insufficient_quota' || details?.type === 'insufficient_quota'
}

function refusalText(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return `The model provider refused this server's key (HTTP ${status}).`
    case 404:
      return 'The model provider does not know the configured model or address (HTTP 404).'
    case 413:
      return 'The content is too long for the model (HTTP 413).'
    default:
      return `The model provider refused the request (HTTP ${status}); the content may be too long for the model.`
  }
}

function describe(error: APICallError, { apiKey }: ErrorContext): Error {
  const status = error.statusCode !== undefined ? ` (HTTP ${error.statusCode})` : ''
  const message = apiKey ? error.message.replaceAll(apiKey, '[key]') : error.message
  return new Error(`${error.name}${status}: ${message.slice(0, PROVIDER_MESSAGE_LENGTH_MAX)}`)
}
