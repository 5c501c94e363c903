import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../test/harness/use-test-http.ts'
import { openTestHttp, TEST_HTTP_CONFIG } from './test-http.ts'

const http = useTestHttp()

const ROUTES = [
  { family: 'compat', url: '/api/v1/quota' },
  { family: 'management', url: '/api/v1/webhooks' },
] as const

describe.each(ROUTES)('a $family route that needs a key', ({ url }) => {
  test('answers 401 and how to send one when there is none', async () => {
    const answer = await http.call('GET', url, { headers: { authorization: undefined } })
    expect(answer.status).toBe(401)
    expect(answer.json.code).toBe('auth.missing_key')
    expect(answer.headers['www-authenticate']).toBe('Bearer')
  })

  test.each([
    'Bearer rb_wrong',
    'Bearer',
    'Bearer ',
    'Basic dXNlcjpwYXNz',
    'rb_naked',
    `Bearer ${'x'.repeat(600)}`,
    'Bearer two words',
  ])('answers 401 to "%s"', async (authorization) => {
    const answer = await http.call('GET', url, { headers: { authorization } })
    expect(answer.status).toBe(401)
    expect(answer.json.code).toBe('auth.invalid_key')
    expect(answer.headers['www-authenticate']).toBe('Bearer')
  })

  test('takes the scheme in any case', async () => {
    const answer = await http.call('GET', url, { headers: { authorization: `bearer ${http.key}` } })
    expect(answer.status).toBe(200)
  })

  test('answers a revoked key exactly as a wrong one', async () => {
    const { accountId, key } = await http.addAccount(`revoked ${url}`)
    const [row] = await http.store.listApiKeys(accountId)
    await http.store.revokeApiKey(accountId, row?.id ?? '', http.clock.now())
    const headers = { 'x-request-id': 'same' }
    const revoked = await http.call('GET', url, { headers: { ...headers, authorization: `Bearer ${key}` } })
    const wrong = await http.call('GET', url, { headers: { ...headers, authorization: 'Bearer rb_wrong' } })
    expect(revoked.status).toBe(401)
    expect(revoked.text).toBe(wrong.text)
  })
})

describe('the rate limit on routes', () => {
  test('dispatches and management spend, polls only look, ping and quota do neither', async () => {
    const { headers } = await http.addAccount('spender')
    const remaining = async (method: 'GET' | 'POST', url: string, body?: unknown) =>
      (await http.call(method, url, { headers, body })).headers['x-ratelimit-remaining']

    const dispatched = await http.call('POST', '/api/v1/content/detect_urls', { headers, body: { content: 'x' } })
    expect(dispatched.headers).toMatchObject({ 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '999' })
    expect(await remaining('GET', `/api/v1/content/detect_urls/job/status/${dispatched.json.job_id}`)).toBe('999')
    expect(await remaining('GET', '/api/v1/webhooks')).toBe('998')
    expect(await remaining('GET', '/api/v1/quota')).toBeUndefined()
    expect(await remaining('GET', '/api/v1/ping')).toBeUndefined()
    expect(await remaining('GET', '/api/v1/webhooks')).toBe('997')
  })

  test('over the limit, each family says in its own format when to come back, and polls go on', async () => {
    await using strict = await openTestHttp({
      config: { ...TEST_HTTP_CONFIG, requestsPerMinute: 1 },
    })
    const { json } = await strict.call('POST', '/api/v1/content/detect_urls', { body: { content: 'x' } })
    const flat = await strict.call('POST', '/api/v1/content/detect_urls', { body: { content: 'x' } })
    expect(flat.status).toBe(429)
    expect(flat.headers).toMatchObject({ 'retry-after': '49', 'x-ratelimit-remaining': '0' })
    expect(flat.json).toEqual({ code: 'request.rate_limited', message: expect.stringContaining('49 s') })

    const problem = await strict.call('GET', '/api/v1/webhooks')
    expect(problem.headers).toMatchObject({
      'retry-after': '49',
      'content-type': expect.stringContaining('problem+json'),
    })
    expect(problem.json).toMatchObject({ status: 429, code: 'request.rate_limited' })

    expect((await strict.call('GET', `/api/v1/job/status/${json.job_id}`)).status).toBe(200)
    strict.clock.move(49_000)
    expect((await strict.call('GET', '/api/v1/webhooks')).status).toBe(200)
  })

  test('an account with a limit of its own has that, in headers, quota and 429, from the next second on', async () => {
    const { accountId, headers } = await http.addAccount('limited')
    const dispatch = () => http.call('POST', '/api/v1/content/detect_urls', { headers, body: { content: 'x' } })
    expect((await dispatch()).headers['x-ratelimit-limit']).toBe('1000')
    await http.store.updateAccount(accountId, { requestsPerMinute: 2 })
    http.clock.move(1_000)
    expect((await dispatch()).headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '0' })
    const refused = await dispatch()
    expect(refused.status).toBe(429)
    expect(refused.headers).toMatchObject({
      'x-ratelimit-limit': '2',
      'retry-after': expect.stringMatching(/^[1-9]\d*$/),
    })
    expect((await http.call('GET', '/api/v1/quota', { headers })).json.requests_per_minute).toBe(2)
    expect((await http.call('GET', '/api/v1/quota')).json.requests_per_minute).toBe(1_000)
  })
})
