import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../test/harness/use-test-http.ts'
import { AppError } from '../lib/errors.ts'
import { StoreUnavailableError } from '../store/errors.ts'

const MARKER = 'for-the-log-only'
const COMPAT = '/api/v1/content/detect_emails'

/** What the dispatcher of this server throws next. */
let failure: unknown
const http = useTestHttp('suite', {
  dispatcher: { dispatch: () => Promise.reject(failure), findDispatched: () => Promise.reject(failure) },
  webhookSettings: {
    get: () => Promise.reject(failure),
    create: () => Promise.reject(failure),
    change: () => Promise.reject(failure),
    rotateSecret: () => Promise.reject(failure),
    rotateKey: () => Promise.reject(failure),
    remove: () => Promise.reject(failure),
    sendTest: () => Promise.reject(failure),
  },
})

/** One route of each family, whose handler throws `failure`. */
const FAILING = [
  { family: 'compat', send: () => http.call('POST', COMPAT, { body: { content: 'x' } }) },
  { family: 'management', send: () => http.call('GET', '/api/v1/webhooks/default') },
] as const

describe.each(FAILING)('errors of the $family family', ({ send }) => {
  test('what an error has for the log reaches the log and never the caller', async () => {
    failure = new AppError('webhook.not_found', { log: { hint: MARKER }, cause: new Error(MARKER) })
    const answer = await send()
    expect(answer.status).toBe(404)
    expect(answer.text).not.toContain(MARKER)
    expect(JSON.stringify(answer.headers)).not.toContain(MARKER)
    expect(http.log.at(-1)).toMatchObject({ level: 'info', code: 'webhook.not_found', hint: MARKER })
  })

  test.each([
    ['an Error', new Error(MARKER)],
    ['an error with a status of its own', Object.assign(new Error(MARKER), { statusCode: 418, code: MARKER })],
    ['text', MARKER],
    ['nothing', undefined],
  ])('anything that was not made for callers is a bare 500 with a request id: %s', async (_what, thrown) => {
    failure = thrown
    const answer = await send()
    expect(answer.status).toBe(500)
    expect(answer.json.code).toBe('server.internal')
    expect(answer.text).not.toContain(MARKER)
    expect(answer.headers['x-request-id']).toBe(http.log.at(-1)?.requestId)
    expect(http.log.at(-1)).toMatchObject({ level: 'error', status: 500 })
    if (thrown !== undefined) expect(JSON.stringify(http.log.at(-1))).toContain(MARKER)
  })

  test('a database that cannot take the request now is a 503 that says when to come back', async () => {
    failure = new StoreUnavailableError(MARKER)
    const answer = await send()
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBe('2')
    expect(answer.json.code).toBe('server.unavailable')
    expect(answer.text).not.toContain(MARKER)
  })
})

test('a problem has all members of RFC 9457 and ours', async () => {
  failure = new AppError('webhook.url_missing', {
    detail: 'No URL.',
    fields: [{ field: 'url', message: 'is missing' }],
  })
  const answer = await http.call('GET', '/api/v1/webhooks/default', { headers: { 'x-request-id': 'mine-1' } })
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.json).toEqual({
    type: '/docs/errors#webhook.url_missing',
    title: 'Webhook URL missing',
    status: 422,
    detail: 'No URL.',
    code: 'webhook.url_missing',
    request_id: 'mine-1',
    errors: [{ field: 'url', message: 'is missing' }],
  })
})

test('a flat error gathers the messages of a field', async () => {
  failure = new AppError('request.invalid', {
    detail: 'Two things.',
    fields: [
      { field: 'a', message: 'first' },
      { field: 'a', message: 'second' },
      { field: '__proto__', message: 'third' },
    ],
  })
  const answer = await http.call('POST', COMPAT, { body: { content: 'x' } })
  expect(answer.text).toBe(
    '{"code":"request.invalid","message":"Two things.","errors":{"a":["first","second"],"__proto__":["third"]}}',
  )
})

describe('addresses that no route has', () => {
  test.each([
    ['/api/v1/content/unheard_of', 'application/json; charset=utf-8'],
    ['/api/v1/webhooks/a/b/c', 'application/problem+json; charset=utf-8'],
    ['/elsewhere?key=secret', 'application/problem+json; charset=utf-8'],
    ['/api/v1/%zz', 'application/json; charset=utf-8'],
  ])('%s is a 404 in the format of its neighbours', async (url, contentType) => {
    const answer = await http.call('GET', url)
    expect(answer.status).toBe(404)
    expect(answer.headers['content-type']).toBe(contentType)
    expect(answer.json.code).toBe('request.unknown_route')
    expect(answer.headers['x-request-id']).toBeTypeOf('string')
  })

  test('are 404 whatever body is sent to them', async () => {
    const answer = await http.call('POST', '/api/v1/content/unheard_of', { body: '{"half' })
    expect(answer.status).toBe(404)
  })

  test('a known address with another method is a 405 that names the methods', async () => {
    const answer = await http.call('PATCH', '/api/v1/api-keys')
    expect(answer.status).toBe(405)
    expect(answer.headers.allow).toBe('GET, HEAD, POST')
    expect(answer.json.code).toBe('request.method_not_allowed')
    expect((await http.call('GET', COMPAT)).headers.allow).toBe('POST')
  })
})
