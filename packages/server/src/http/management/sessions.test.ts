import { sessionPageSchema, sessionSchema } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { openTestHttp } from '../test-http.ts'

const URL = '/api/v1/sessions'
const ORIGIN = 'http://ringback.test:4400'

/** What the dashboard sends in a browser of today. */
const DASHBOARD = {
  authorization: undefined,
  host: 'ringback.test:4400',
  'x-ringback-dashboard': '1',
  'sec-fetch-site': 'same-origin',
}

const http = useTestHttp('test')

async function signIn() {
  const link = await http.deps.sessions.createLink(http.accountId)
  const answer = await http.call('POST', URL, { headers: DASHBOARD, body: { link } })
  expect(answer.status, answer.text).toBe(201)
  const setCookie = String(answer.headers['set-cookie'])
  return { session: sessionSchema.parse(answer.json), setCookie, cookie: setCookie.split(';')[0] as string }
}

describe('POST /api/v1/sessions', () => {
  test('a link gives a cookie that scripts cannot read and other sites cannot send', async () => {
    const { session, setCookie } = await signIn()
    expect(setCookie).toMatch(/^ringback=[\w-]{43}; /)
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=43200']) expect(setCookie).toContain(part)
    expect(setCookie).not.toContain('Secure')
    expect(session).toMatchObject({ current: true, begun_with: 'link', expires_at: '2026-01-31T20:50:11.188Z' })
  })

  test('where the public address is https the cookie is Secure and bound to the host', async () => {
    const config = { ...http.deps.config, publicUrl: 'https://jobs.example.com' }
    await using secure = await openTestHttp({ config })
    const answer = await secure.call('POST', URL, { headers: DASHBOARD, body: { api_key: secure.key } })
    expect(answer.headers['set-cookie']).toMatch(/^__Host-ringback=.*Secure/)
  })

  test('an API key signs in too, and revoking it signs out', async () => {
    const answer = await http.call('POST', URL, { headers: DASHBOARD, body: { api_key: ` ${http.key} ` } })
    expect(answer.json.begun_with).toBe('api_key')
    const cookie = String(answer.headers['set-cookie']).split(';')[0]
    const [{ id = '' } = {}] = await http.store.listApiKeys(http.accountId)
    await http.deps.apiKeys.revoke(http.accountId, id)
    const after = await http.call('GET', URL, { headers: { ...DASHBOARD, cookie } })
    expect(after.json).toMatchObject({ status: 401, code: 'auth.session_ended' })
  })

  test.each([
    [{ api_key: 'rb_wrong' }, 'auth.invalid_key', [{ field: 'api_key', message: expect.any(String) }]],
    [{ link: 'never was' }, 'auth.invalid_link', undefined],
  ])('%j is answered 401 and gives no cookie', async (body, code, errors) => {
    const answer = await http.call('POST', URL, { headers: DASHBOARD, body })
    expect(answer.json).toMatchObject({ status: 401, code, ...(errors && { errors }) })
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  test.each<[unknown, string]>([
    [{}, 'body'],
    [{ link: 'a', api_key: 'b' }, 'body'],
    [{ api_key: '' }, 'api_key'],
    [{ api_key: 5 }, 'api_key'],
    [{ link: 'a', more: 1 }, 'more'],
  ])('%j is answered 422 with the field', async (body, field) => {
    const answer = await http.call('POST', URL, { headers: DASHBOARD, body })
    expect(answer.json.errors).toEqual([{ field, message: expect.any(String) }])
  })

  test('a key signs in so often in a minute and no oftener, which keeps nobody else out', async () => {
    const withKey = (key: string) => http.call('POST', URL, { headers: DASHBOARD, body: { api_key: key } })
    for (let count = 0; count < 60; count++) expect((await withKey(http.key)).status).toBe(201)
    for (let count = 0; count < 20; count++) {
      const refused = await withKey(http.key)
      expect(refused).toMatchObject({ status: 429, json: { code: 'auth.too_many_attempts' } })
      expect(refused.headers['retry-after']).toBe('49')
    }
    expect((await withKey((await http.addAccount('another')).key)).status).toBe(201)
    await signIn()
    http.clock.move(49_000)
    expect((await withKey(http.key)).status).toBe(201)
  })

  test('ten failures of an address, then 429 with the time to wait; right ones never count', async () => {
    for (let index = 0; index < 12; index++) await signIn()
    const attempts = await Promise.all(
      Array.from({ length: 30 }, () => http.call('POST', URL, { headers: DASHBOARD, body: { api_key: 'rb_wrong' } })),
    )
    expect(attempts.filter(({ status }) => status === 401)).toHaveLength(10)
    const refused = attempts.find(({ status }) => status === 429)
    expect(refused?.json).toMatchObject({ code: 'auth.too_many_attempts', detail: expect.stringContaining('49 s') })
    expect(refused?.headers['retry-after']).toBe('49')
    http.clock.move(49_000)
    await signIn()
  })
})

describe('a request with the cookie', () => {
  test('is one of the account, on management routes and on those of jobs', async () => {
    const { cookie } = await signIn()
    const headers = { ...DASHBOARD, cookie }
    expect((await http.call('GET', '/api/v1/webhooks', { headers })).status).toBe(200)
    const job = await http.call('POST', '/api/v1/content/detect_urls', { headers, body: { content: 'x' } })
    expect(job.status).toBe(202)
  })

  test.each([
    ['without our header', { 'x-ringback-dashboard': undefined }],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from another port of the same host', { 'sec-fetch-site': 'same-site' }],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }],
    ['of an old browser on a page of somebody else', { 'sec-fetch-site': undefined, origin: 'http://evil.test' }],
    ['from a page without an origin', { 'sec-fetch-site': undefined, origin: 'null' }],
  ])('%s is refused, reading and writing', async (_name, change) => {
    const { cookie } = await signIn()
    const headers = { ...DASHBOARD, cookie, ...change }
    for (const [method, url] of [
      ['GET', '/api/v1/webhooks'],
      ['DELETE', '/api/v1/sessions/current'],
    ] as const) {
      expect((await http.call(method, url, { headers })).json).toMatchObject({ status: 403, code: 'auth.cross_origin' })
    }
    const link = await http.deps.sessions.createLink(http.accountId)
    expect((await http.call('POST', URL, { headers: { ...headers, cookie: undefined }, body: { link } })).status).toBe(
      403,
    )
  })

  test.each([
    ['the host that was asked', 'http://ringback.test:4400'],
    ['the public address', ORIGIN],
  ])('of a browser without Sec-Fetch-Site is taken from %s', async (_name, origin) => {
    const { cookie } = await signIn()
    const headers = { ...DASHBOARD, cookie, 'sec-fetch-site': undefined, origin }
    expect((await http.call('GET', '/api/v1/webhooks', { headers })).status).toBe(200)
  })

  test('and a key goes by the key', async () => {
    const { cookie } = await signIn()
    const other = await http.addAccount('other')
    const headers = { ...DASHBOARD, cookie, authorization: `Bearer ${other.key}` }
    expect((await http.call('GET', '/api/v1/account', { headers })).json.id).toBe(other.accountId)
  })

  test('that means nothing is answered 401, and the cookie is taken away', async () => {
    const answer = await http.call('GET', URL, { headers: { ...DASHBOARD, cookie: 'ringback=unknown' } })
    expect(answer.json).toMatchObject({ status: 401, code: 'auth.session_ended' })
    expect(answer.headers['set-cookie']).toContain('Max-Age=0')
  })
})

describe('the sessions of an account', () => {
  test('are listed with the one that asks marked, and can be ended from another', async () => {
    const [first, second] = [await signIn(), await signIn()]
    const headers = { ...DASHBOARD, cookie: second.cookie }
    const { data } = sessionPageSchema.parse((await http.call('GET', URL, { headers })).json)
    expect(Object.fromEntries(data.map(({ id, current }) => [id, current]))).toEqual({
      [second.session.id]: true,
      [first.session.id]: false,
    })
    expect((await http.call('DELETE', `${URL}/${first.session.id}`, { headers })).status).toBe(204)
    const ended = await http.call('GET', URL, { headers: { ...DASHBOARD, cookie: first.cookie } })
    expect(ended.json.code).toBe('auth.session_ended')
  })

  test('signing out ends the own one and removes the cookie', async () => {
    const { cookie } = await signIn()
    const headers = { ...DASHBOARD, cookie }
    const answer = await http.call('DELETE', `${URL}/current`, { headers })
    expect(answer.status).toBe(204)
    expect(answer.headers['set-cookie']).toContain('Max-Age=0')
    expect((await http.call('GET', URL, { headers })).status).toBe(401)
  })

  test('another account’s, an unknown one, and `current` with a key are the same 404', async () => {
    const { session } = await signIn()
    const { headers } = await http.addAccount('stranger')
    for (const id of [session.id, 'nonsense', 'current']) {
      expect((await http.call('DELETE', `${URL}/${id}`, { headers })).json.code).toBe('session.not_found')
    }
  })
})
