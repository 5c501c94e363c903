import { apiError, type RingbackError, RingbackResponseError } from './errors.ts'
import type { Clock } from './lib/clock.ts'
import { retryAfterMsOf } from './retry.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The body as JSON. */
  readonly json: unknown
}

interface Context {
  readonly clock: Clock
  readonly withoutKey: (text: string) => string
}

/**
 * Reads an answer: what it says, or the error that it is.
 * @throws Error when it is not all there: the connection broke, or JSON ends in its middle
 */
export async function readAnswer(response: Response, context: Context): Promise<Answer | RingbackError> {
  const { status, headers } = response
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    await response.body?.cancel()
    const target = headers.get('location')
    return redirected(target === null ? null : context.withoutKey(target), status)
  }
  const text = await response.text()
  const kind = headers.get('content-type')?.split(';')[0]?.trim() ?? 'no content type'
  const isJson = /\bjson$/i.test(kind)
  if (status >= 400) return errorOf(response, isJson ? parse(text) : undefined, kind, context)
  const json = parse(text)
  if (json !== undefined) return { status, headers, json }
  // What broke off can be whole the next time; a page of a proxy stays one.
  if (isJson) throw new Error('the answer is not complete: its JSON breaks off')
  return new RingbackResponseError(`The server answered ${status} with ${kind} and not JSON: is baseUrl right?`, {
    status,
  })
}

/** @param status 0 when `fetch` does not tell it */
export function redirected(target: string | null, status: number): RingbackResponseError {
  const where = target ?? 'elsewhere'
  return new RingbackResponseError(`The server redirects to ${where}: set baseUrl to where it really is.`, { status })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Both forms of errors: the flat one of jobs, and problem+json of management (RFC 9457). */
function errorOf(response: Response, json: unknown, kind: string, { clock, withoutKey }: Context): RingbackError {
  const { status, headers } = response
  const body = isRecord(json) ? json : {}
  const said = [body.detail, body.message].find((text) => typeof text === 'string' && text !== '') as string | undefined
  const fields = fieldsOf(body.errors)
  const details = Object.entries(fields).map(([name, messages]) => `${name}: ${messages.join(', ')}`)
  // The server's own sentence often names the fields already.
  const more = details.filter((detail) => !said?.includes(detail))
  const hint = status === 404 && said === undefined ? ': is baseUrl right?' : '.'
  const message = [said ?? `The server answered ${status} with ${kind}${hint}`, ...more].join(' ')
  const retryAfterMs = retryAfterMsOf(headers.get('retry-after'), clock.now())
  return apiError(withoutKey(message), {
    status,
    code: typeof body.code === 'string' ? body.code : null,
    fields,
    retryAfterSeconds: retryAfterMs === null ? null : Math.ceil(retryAfterMs / 1_000),
    requestId: headers.get('x-request-id'),
  })
}

/** By field, as the flat form has them; the other form has a list. */
function fieldsOf(errors: unknown): Record<string, string[]> {
  const rows: (readonly [unknown, unknown])[] = Array.isArray(errors)
    ? errors.filter(isRecord).map(({ field, message }) => [field, message])
    : Object.entries(isRecord(errors) ? errors : {}).flatMap(([field, list]) =>
        [list].flat().map((text) => [field, text]),
      )
  const fields = new Map<string, string[]>()
  for (const [field, text] of rows) {
    if (typeof field === 'string' && typeof text === 'string') fields.set(field, [...(fields.get(field) ?? []), text])
  }
  return Object.fromEntries(fields)
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
