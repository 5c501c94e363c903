import type { Problem } from '@ringback/contract'
import { learnTime } from '../lib/clock.ts'
import { connection, session } from './status.ts'

const API_BASE_PATH = '/api/v1'

/** What went wrong with a request, in words that can be shown, and the fields it is about. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** `connection`: no answer came. `session`: signed out. `problem`: the server said no. */
  readonly kind: 'connection' | 'session' | 'problem'
  readonly title: string
  readonly code: string | null
  readonly status: number | null
  /** Quote it when asking about the error. */
  readonly requestId: string | null
  /** What is wrong with each field, in the server's words. */
  readonly fields: Readonly<Record<string, string>>

  constructor(
    kind: ApiError['kind'],
    detail: string,
    more: Partial<Pick<ApiError, 'title' | 'code' | 'status' | 'requestId' | 'fields'>> = {},
  ) {
    super(detail)
    this.kind = kind
    this.title = more.title ?? 'Something went wrong'
    this.code = more.code ?? null
    this.status = more.status ?? null
    this.requestId = more.requestId ?? null
    this.fields = more.fields ?? {}
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>

interface Options {
  readonly query?: Query
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** The path begins at the root of the server, not at the API. */
  readonly isOutsideApi?: boolean
}

/**
 * One call of the API with the session of this browser; gives the body of the answer.
 * @throws ApiError
 */
export async function request<Answer>(method: string, path: string, options: Options = {}): Promise<Answer> {
  const { query = {}, body, headers, signal, isOutsideApi = false } = options
  const isForm = body instanceof FormData
  const wasEnded = session.get() === 'ended'
  const url = new URL((isOutsideApi ? '' : API_BASE_PATH) + path, location.origin)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`)
  let response: Response
  let text: string
  try {
    response = await fetch(url, {
      method,
      headers: {
        'x-ringback-dashboard': '1',
        ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    })
    text = await response.text()
  } catch (error) {
    if (signal?.aborted) throw error
    throw lostConnection()
  }
  if (!response.ok) throw toApiError(response, text)
  const answer = text === '' ? undefined : parse(text)
  if (answer === null) throw lostConnection()
  connection.set('ok')
  learnTime(response.headers.get('date'))
  // Somebody signed in, in another tab: this one goes on too.
  if (wasEnded && !isOutsideApi && session.get() === 'ended') session.set('in')
  return answer as Answer
}

/** No answer came, or only a part of one, or one of somebody else: a proxy whose server is gone. */
function lostConnection(): ApiError {
  connection.set('lost')
  return new ApiError('connection', 'The server does not answer. What you typed is still here; try again.', {
    title: 'No connection',
  })
}

/** What proxies answer themselves when their server is gone. */
const PROXY_STATUSES: readonly number[] = [502, 503, 504]

function toApiError(response: Response, text: string): ApiError {
  const { status, headers } = response
  const problem = parse(text) as AnyProblem | null
  if (problem === null && PROXY_STATUSES.includes(status)) return lostConnection()
  connection.set('ok')
  const code = problem?.code ?? null
  const isSignedOut = code === 'auth.session_ended' || code === 'auth.missing_key'
  if (isSignedOut && session.get() === 'in') session.set('ended')
  const detail = problem?.detail ?? problem?.message ?? `The server answered ${status}.`
  return new ApiError(isSignedOut ? 'session' : 'problem', detail, {
    title: problem?.title ?? 'The server said no',
    code,
    status,
    requestId: problem?.request_id ?? headers.get('x-request-id'),
    fields: fieldsOf(problem?.errors),
  })
}

/** Problem documents of the management API, and the flat errors of the SharpAPI-compatible routes. */
type AnyProblem = Partial<Omit<Problem, 'errors' | 'code'>> & {
  readonly code?: string
  readonly message?: string
  readonly errors?: Problem['errors'] | Record<string, string[]>
}

/** JSON as what it says; null when it is none: what this server answers is never null. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function fieldsOf(errors: AnyProblem['errors']): Record<string, string> {
  if (errors === undefined) return {}
  const pairs = Array.isArray(errors)
    ? errors.map(({ field, message }) => [field, message] as const)
    : Object.entries(errors).map(([field, messages]) => [field, messages.join('; ')] as const)
  const fields: Record<string, string> = {}
  for (const [field, message] of pairs) fields[field] = field in fields ? `${fields[field]}; ${message}` : message
  return fields
}
