import type { Body } from './body.ts'
import { RingbackConnectionError, RingbackError, RingbackResponseError, RingbackTimeoutError } from './errors.ts'
import type { Random } from './lib/chance.ts'
import { type Clock, sleep } from './lib/clock.ts'
import { type Answer, readAnswer, redirected } from './read-answer.ts'
import { canPass, pauseMs, RETRY_AFTER_MS_MAX, retryAfterMsOf } from './retry.ts'

/** What the client says it is, for the statistics of servers. The version is that of package.json; a test compares them. */
export const USER_AGENT = 'RingbackClient/0.1.0'

/** A redirected POST can become a GET, and the key is for this server alone. The answer says where it would have led. */
const NOT_REDIRECTED = { redirect: 'manual' } as const

/**
 * For files. Node copies a request that it may have to show again, and keeps the copy in memory: measured, 100 MB for a file of
 * 100 MB. With these two, the fetch standard needs no copy ("HTTP-network-or-cache fetch", step 8.1), and it is 40 MB,
 * however large the file.
 */
const STREAMED = { redirect: 'error', window: null } as const

/** How files are sent here: Cloudflare Workers know no `redirect: 'error'`, and there a form is in memory anyway. */
function howFilesAreSent(): typeof STREAMED | typeof NOT_REDIRECTED {
  try {
    new Request('http://localhost', STREAMED)
    return STREAMED
  } catch {
    return NOT_REDIRECTED
  }
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly body?: Body | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** Of one try. */
  readonly timeoutMs: number
  /** Instead of the client's. */
  readonly retries?: number
  /** True: sent again only after a 429, because nobody knows whether another failure did something. */
  readonly repeatsHarm?: boolean
}

export type Send = (request: ApiRequest) => Promise<Answer>

interface TransportOptions {
  readonly apiKey: string
  readonly fetch: typeof globalThis.fetch
  readonly retries: number
  readonly random: Random
  readonly clock: Clock
}

/** A try that gave no answer to return, and whether another can do better. */
class Failure {
  readonly error: RingbackError
  /** HTTP status; null when there was no answer. */
  readonly status: number | null
  readonly retryAfterMs: number | null
  readonly passing: boolean

  constructor(
    error: RingbackError,
    passing: boolean,
    status: number | null = null,
    retryAfterMs: number | null = null,
  ) {
    this.error = error
    this.passing = passing
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Sends requests, and sends them again after what can pass: no connection, a broken answer, 408, 429, 5xx. What it gives
 * is an answer with a 2xx status.
 * @throws the reason of the signal; RingbackError for everything else
 */
export function createSend(options: TransportOptions): Send {
  const { fetch, clock, random, apiKey } = options
  const withoutKey = (text: string) => text.replaceAll(apiKey, '***')

  async function tryOnce(request: ApiRequest, headers: Headers, tries: number): Promise<Answer | Failure> {
    const { method, url, body, signal, timeoutMs } = request
    const limit = new AbortController()
    const stopTimer = clock.after(timeoutMs, () => limit.abort())
    try {
      const response = await fetch(url, {
        method,
        headers,
        ...(body?.hasFiles ? howFilesAreSent() : NOT_REDIRECTED),
        signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
        ...(body && { body: body.content }),
      })
      const read = await readAnswer(response, { clock, withoutKey })
      if (!(read instanceof RingbackError)) return read
      const retryAfterMs = retryAfterMsOf(response.headers.get('retry-after'), clock.now())
      const passing = canPass(response.status) && !(read instanceof RingbackResponseError)
      return new Failure(read, passing, response.status, retryAfterMs)
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      const where = `${method} ${new URL(url).pathname}`
      if (limit.signal.aborted) {
        return new Failure(new RingbackTimeoutError(`${where}: no answer in ${timeoutMs} ms.`, { timeoutMs }), true)
      }
      const reason = withoutKey(reasonOf(error))
      if (body?.hasFiles && /redirect/i.test(reason)) return new Failure(redirected(null, 0), false)
      const cause = reason === reasonOf(error) ? error : undefined
      const message = `${where} at ${new URL(url).origin}: ${reason}`
      return new Failure(new RingbackConnectionError(message, { tries, cause }), true)
    } finally {
      stopTimer()
    }
  }

  return async (request) => {
    request.signal?.throwIfAborted()
    const headers = new Headers({
      accept: 'application/json',
      authorization: `Bearer ${apiKey}`,
      'user-agent': USER_AGENT,
      ...request.body?.headers,
      ...request.headers,
    })
    const retries = request.retries ?? options.retries
    for (let tries = 1; ; tries += 1) {
      const outcome = await tryOnce(request, headers, tries)
      if (!(outcome instanceof Failure)) return outcome
      const { error, passing, status, retryAfterMs } = outcome
      const harmless = !request.repeatsHarm || status === 429
      if (!passing || !harmless || tries > retries || (retryAfterMs ?? 0) > RETRY_AFTER_MS_MAX) throw error
      await sleep(clock, pauseMs(tries, random, retryAfterMs), request.signal)
    }
  }
}

/** What went wrong with a connection: `fetch` says only that it failed, and has the reason as its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  const inner = cause instanceof AggregateError ? ((cause.errors[0] as Error | undefined) ?? cause) : cause
  return inner.message === '' ? String((inner as { code?: string }).code ?? error.message) : inner.message
}
