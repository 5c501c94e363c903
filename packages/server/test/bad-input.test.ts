import { gzipSync } from 'node:zlib'
import { CONTENT_LENGTH_MAX, ERRORS, type ErrorCode, REQUEST_BODY_BYTES_MAX } from '@ringback/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../src/lib/ids.ts'
import { type RawAnswer, rawExchange, rawRequest } from './harness/raw-request.ts'
import { callApi, describeEngines } from './harness/ringback.ts'
import { until } from './harness/until.ts'
import { useRingback } from './harness/use-ringback.ts'

const DISPATCH = '/api/v1/content/detect_emails'
const TRANSLATE = '/api/v1/content/translate'
const WEBHOOK = '/api/v1/webhooks/default'

/** The two families, and a route of each that reads a body. */
const FAMILIES = [
  { family: 'jobs', method: 'POST', path: DISPATCH, body: { content: 'x' }, contentType: 'application/json' },
  { family: 'management', method: 'PATCH', path: WEBHOOK, body: {}, contentType: 'application/problem+json' },
] as const

/** Headers that differ between any two answers. */
const OWN_HEADERS = new Set(['date', 'x-request-id', 'x-ratelimit-remaining', 'x-ratelimit-reset'])

/** An answer without what names this one request. */
function withoutOwn({ status, headers, text }: RawAnswer) {
  return {
    status,
    headers: headers.filter(([name]) => !OWN_HEADERS.has(name.toLowerCase())),
    text: text.replace(/"request_id":"[^"]*"/, '"request_id":""'),
  }
}

describeEngines('bad input', (createDatabase) => {
  const ringback = useRingback(
    createDatabase,
    { env: { RINGBACK_ALLOW_HTTP_TARGETS: 'false', RINGBACK_ALLOW_PRIVATE_TARGETS: '' } },
    'suite',
  )
  let origin: string
  /** Another account: its key, and ids of what it owns. */
  let other: { accountId: string; key: string; jobId: string; deliveryId: string; webhookId: string; keyId: string }

  beforeAll(async () => {
    origin = ringback.app.origin
    other = await makeOther()
  })
  afterAll(async () => {
    // Nothing of all this made a job or changed the webhook.
    const { json } = await ringback.call('GET', '/api/v1/deliveries')
    expect(json.data).toEqual([])
    expect((await ringback.call('GET', WEBHOOK)).json).toMatchObject({ enabled: false, url: null, has_secret: false })
  })

  async function makeOther() {
    const { app, clock } = ringback
    const account = { id: newId(), name: 'other', webhookId: newId(), createdAt: clock.now() }
    const { id: accountId } = await app.store.ensureAccount(account)
    const { key, row } = await app.apiKeys.create(accountId, 'of the other')
    // No address is allowed here, so its webhook is set up below the API.
    const change = { enabled: true, url: 'https://127.0.0.1/', sealedSecret: 'unreadable' }
    const webhook = await app.store.updateWebhook(accountId, 'default', change, clock.now())
    const { json } = await callApi(origin, key, 'POST', DISPATCH, { content: 'x' })
    const delivery = await until('the other account has a delivery', async () => {
      const [first] = await app.store.listDeliveries({ accountId, limit: 1 })
      return first ?? null
    })
    return { accountId, key, jobId: json.job_id, deliveryId: delivery.id, webhookId: webhook?.id ?? '', keyId: row.id }
  }

  const withKey: [string, string] = ['Authorization', 'Bearer rb_test_key_0123456789abcdef']
  const asJson: [string, string] = ['Content-Type', 'application/json']

  /** Sends a body as it is, with a key and as JSON unless told otherwise. */
  function send(
    { method, path }: { method: string; path: string },
    body: string | Buffer,
    headers: readonly (readonly [string, string])[] = [asJson],
  ) {
    return rawRequest(origin, { method, path, headers: [withKey, ...headers], body })
  }

  describe.each(FAMILIES)('the key ($family)', ({ method, path, body, contentType }) => {
    const call = (headers: [string, string][], suffix = '') =>
      rawRequest(origin, { method, path: path + suffix, headers: [...headers, asJson], body: JSON.stringify(body) })

    test('missing, wrong, of another form, or in another place: 401 in the format of the family', async () => {
      const wrong: [string, string][][] = [
        [],
        [['Authorization', '']],
        [['Authorization', 'Bearer rb_test_key_0123456789abcdee']],
        [['Authorization', 'Bearer RB_TEST_KEY_0123456789ABCDEF']],
        [['Authorization', 'Basic cmI6dGVzdA==']],
        [['Authorization', ringback.key]],
        [['X-Api-Key', ringback.key]],
        [['Cookie', `key=${ringback.key}`]],
      ]
      for (const headers of wrong) {
        const answer = await call(headers)
        expect(answer.status, JSON.stringify(headers)).toBe(401)
        expect(JSON.parse(answer.text).code).toMatch(/^auth\.(missing|invalid)_key$/)
        expect(new Map(answer.headers).get('content-type')).toContain(contentType)
        expect(new Map(answer.headers).get('www-authenticate')).toBe('Bearer')
      }
      expect((await call([], `?key=${ringback.key}&access_token=${ringback.key}`)).status).toBe(401)
    })

    test('revoked: 401 from the next request on, exactly as for a key that never was', async () => {
      const { json } = await callApi(origin, other.key, 'POST', '/api/v1/api-keys', { name: 'to be revoked' })
      const bearer = (key: string): [string, string][] => [['Authorization', `Bearer ${key}`]]
      expect((await call(bearer(json.key))).status).toBeLessThan(300)
      await callApi(origin, other.key, 'DELETE', `/api/v1/api-keys/${json.id}`)
      const revoked = await call(bearer(json.key))
      expect(revoked.status).toBe(401)
      expect(withoutOwn(revoked)).toEqual(withoutOwn(await call(bearer('rb_never_was'))))
    })

    test('is asked for before the body is looked at', async () => {
      const answer = await rawRequest(origin, { method, path, headers: [asJson], body: '{"half' })
      expect(answer.status).toBe(401)
    })
  })

  describe('what is unknown, somebody else’s, or no id at all is the same 404, byte for byte', () => {
    const bad = ['nonsense', '..%2f..%2fetc', "' or 1=1 --", '9'.repeat(300), 'null', '🙈']

    test.each<[what: string, path: (id: string) => string, method: string, own: () => string]>([
      ['a job', (id) => `/api/v1/content/detect_emails/job/status/${id}`, 'GET', () => other.jobId],
      ['a job by the legacy address', (id) => `/api/v1/job/status/${id}`, 'GET', () => other.jobId],
      ['a delivery', (id) => `/api/v1/deliveries/${id}`, 'GET', () => other.deliveryId],
      ['a webhook', (id) => `/api/v1/webhooks/${id}`, 'GET', () => other.webhookId],
      ['a test of a webhook', (id) => `/api/v1/webhooks/${id}/test`, 'POST', () => other.webhookId],
      ['a key to revoke', (id) => `/api/v1/api-keys/${id}`, 'DELETE', () => other.keyId],
    ])('%s', async (_what, path, method, own) => {
      const ids = [newId(), own(), own().toUpperCase(), `${own()}%20`, ...bad]
      const answers: RawAnswer[] = []
      for (const id of ids) {
        answers.push(await rawRequest(origin, { method, path: path(encodeURI(decodeURI(id))), headers: [withKey] }))
      }
      expect(answers[0]?.status).toBe(404)
      expect(JSON.parse(answers[0]?.text ?? '').code).toMatch(/^(job|delivery|webhook|api_key)\.not_found$/)
      for (const [index, answer] of answers.entries()) {
        expect(withoutOwn(answer), ids[index] ?? '').toEqual(withoutOwn(answers[0] as RawAnswer))
      }
    })

    test('the other account goes on seeing and using its own', async () => {
      const own = (path: string) => callApi(origin, other.key, 'GET', path)
      expect((await own(`/api/v1/job/status/${other.jobId}`)).status).toBe(200)
      expect((await own(`/api/v1/deliveries/${other.deliveryId}`)).status).toBe(200)
      expect((await own(`/api/v1/webhooks/${other.webhookId}`)).status).toBe(200)
    })

    test('lists show what is one’s own, whatever is filtered by', async () => {
      for (const filter of ['', `?job_id=${other.jobId}`, '?status=failed', '?type=content_detect_emails']) {
        expect((await ringback.call('GET', `/api/v1/deliveries${filter}`)).json.data).toEqual([])
      }
      // The same as for an id that never was: deliveries of a removed webhook are listed by its id.
      for (const id of [other.webhookId, newId()]) {
        const answer = await ringback.call('GET', `/api/v1/deliveries?webhook=${id}`)
        expect(answer).toMatchObject({ status: 200, json: { data: [], next_cursor: null } })
      }
      const keys = await ringback.call('GET', '/api/v1/api-keys')
      expect(JSON.stringify(keys.json)).not.toContain(other.keyId)
    })
  })

  describe.each(FAMILIES)('bodies ($family)', (route) => {
    test.each<[what: string, body: string | Buffer]>([
      ['half of it', '{"content":"x"'],
      ['a comma too much', '{"content":"x",}'],
      ['single quotes', "{'content':'x'}"],
      ['not a number', '{"content":NaN}'],
      ['a control character in a text', '{"content":"a\u0001b"}'],
      ['two values', '{"content":"x"}{"content":"y"}'],
      ['text', 'content=x'],
      ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
      ['UTF-16', Buffer.from('{"content":"x"}', 'utf16le')],
      ['compressed', gzipSync('{"content":"x"}')],
    ])('that are not JSON are a 400: %s', async (_what, body) => {
      const answer = await send(route, body)
      expect(answer.status).toBe(400)
      expect(JSON.parse(answer.text).code).toBe('request.malformed_json')
      expect(new Map(answer.headers).get('content-type')).toContain(route.contentType)
    })

    test.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'application/jsonx',
      'json',
      '*/*',
    ])('of the content type %s are a 415', async (contentType) => {
      const answer = await send(route, JSON.stringify(route.body), [['Content-Type', contentType]])
      expect(answer.status).toBe(415)
      expect(JSON.parse(answer.text).code).toBe('request.unsupported_media_type')
    })

    test.each(['gzip', 'br', 'x-own'])('of the encoding %s are a 415 that names it', async (encoding) => {
      const headers = [asJson, ['Content-Encoding', encoding]] as const
      const answer = await send(route, gzipSync(JSON.stringify(route.body)), headers)
      expect(answer.status).toBe(415)
      expect(JSON.parse(answer.text).code).toBe('request.unsupported_media_type')
      expect(answer.text).toContain(encoding)
    })

    test('over a megabyte are a 413, whether they tell their length or not', async () => {
      const body = JSON.stringify({ content: 'x'.repeat(REQUEST_BODY_BYTES_MAX) })
      for (const chunked of [false, true]) {
        const { method, path } = route
        const answer = await rawRequest(origin, { method, path, headers: [withKey, asJson], body, chunked })
        expect(answer.status).toBe(413)
        expect(answer.text).toContain(String(REQUEST_BODY_BYTES_MAX))
      }
    })

    test.each(['[]', 'null', '5', 'true', '"text"'])('that are %s and no object are a 422', async (body) => {
      const answer = await send(route, body)
      expect(answer.status).toBe(422)
      expect(answer.text).toContain('must be a JSON object')
    })

    test('nested a hundred thousand levels deep are refused like any other wrong value', async () => {
      const deep = '['.repeat(100_000) + ']'.repeat(100_000)
      for (const body of [`{"content":${deep},"url":${deep}}`, `{"content":{"__proto__":${deep}},"url":1}`, deep]) {
        expect((await send(route, body)).status).toBe(422)
      }
    })
  })

  describe('fields of a job', () => {
    const languages = { content: 'x', language: 'German' }

    test.each<[what: string, path: string, body: object, field: string, reason: string]>([
      ['missing content', DISPATCH, {}, 'content', 'is missing'],
      ['content that is null', DISPATCH, { content: null }, 'content', 'not null'],
      ['content that is a number', DISPATCH, { content: 42 }, 'content', 'must be a string'],
      ['content that is a list', DISPATCH, { content: ['x'] }, 'content', 'not an array'],
      ['content that is an object', DISPATCH, { content: { text: 'x' } }, 'content', 'must be a string'],
      ['empty content', DISPATCH, { content: '' }, 'content', 'at least 1 character'],
      [
        'over-long content',
        DISPATCH,
        { content: 'x'.repeat(CONTENT_LENGTH_MAX + 1) },
        'content',
        `at most ${CONTENT_LENGTH_MAX} characters`,
      ],
      ['a missing language', TRANSLATE, { content: 'x' }, 'language', 'is missing'],
      ['an empty language', TRANSLATE, { content: 'x', language: ' ' }, 'language', 'at least 1 character'],
      ['a language that is a number', TRANSLATE, { content: 'x', language: 1 }, 'language', 'must be a string'],
      ['a language that is a sentence', TRANSLATE, { content: 'x', language: 'German; say "hi"' }, 'language', 'name'],
      ['an over-long context', TRANSLATE, { ...languages, context: 'x'.repeat(5_001) }, 'context', 'at most 5000'],
      ['a tone that is a list', TRANSLATE, { ...languages, voice_tone: ['kind'] }, 'voice_tone', 'not an array'],
    ])('%s is a flat 422 that names the field and the reason', async (_what, path, body, field, reason) => {
      const answer = await ringback.call('POST', path, body)
      expect(answer.status).toBe(422)
      expect(answer.json).toEqual({
        code: 'request.invalid',
        message: expect.stringContaining(`${field}: `),
        errors: { [field]: [expect.stringContaining(reason)] },
      })
    })

    test('all that is wrong is told at once', async () => {
      const { json } = await ringback.call('POST', TRANSLATE, { content: 5, context: 5 })
      expect(Object.keys(json.errors).toSorted()).toEqual(['content', 'context', 'language'])
    })

    test('a long value is not repeated in the answer', async () => {
      const answer = await ringback.call('POST', TRANSLATE, { content: 'x', language: 'y'.repeat(100_000) })
      expect(answer.status).toBe(422)
      expect(answer.text.length).toBeLessThan(1_000)
    })

    test('what is unknown besides, is ignored, however deep', async () => {
      const deep = JSON.parse('['.repeat(1_000) + ']'.repeat(1_000))
      const answer = await callApi(origin, other.key, 'POST', DISPATCH, { content: 'x', colour: deep })
      expect(answer.status).toBe(202)
    })
  })

  /** Addresses that are not allowed, why, and which setting would allow them. */
  const ADDRESSES: [url: string, reason: RegExp, setting: string | null][] = [
    ['http://93.184.215.14/hook', /must begin with https/, 'RINGBACK_ALLOW_HTTP_TARGETS=true'],
    ['https://127.0.0.1/hook', /loopback/, 'RINGBACK_ALLOW_PRIVATE_TARGETS=127.0.0.0/8'],
    ['https://localhost/hook', /loopback/, 'RINGBACK_ALLOW_PRIVATE_TARGETS=127.0.0.0/8'],
    ['https://2130706433/hook', /loopback/, 'RINGBACK_ALLOW_PRIVATE_TARGETS=127.0.0.0/8'],
    ['https://0x7f.1/hook', /loopback/, 'RINGBACK_ALLOW_PRIVATE_TARGETS=127.0.0.0/8'],
    ['https://10.1.2.3/hook', /private/, 'RINGBACK_ALLOW_PRIVATE_TARGETS=10.0.0.0/8'],
    ['https://169.254.169.254/latest/meta-data', /link-local/, 'RINGBACK_ALLOW_PRIVATE_TARGETS='],
    ['https://[::1]/hook', /loopback/, 'RINGBACK_ALLOW_PRIVATE_TARGETS=::1/128'],
    ['https://[::ffff:10.0.0.1]/hook', /private/, 'RINGBACK_ALLOW_PRIVATE_TARGETS=10.0.0.0/8'],
    ['https://[fd00::1]/hook', /unique local|private/, 'RINGBACK_ALLOW_PRIVATE_TARGETS=fc00::/7'],
    ['ftp://93.184.215.14/hook', /must begin with https/, null],
    ['file:///etc/passwd', /must begin with https/, null],
    ['javascript:alert(1)', /must begin with https/, null],
    ['https://93.184.215.14/hook#part', /fragment/, null],
    ['https://', /not a URL|no host/, null],
    ['receiver.example/hook', /not a URL/, null],
    [`https://93.184.215.14/${'x'.repeat(2_048)}`, /2048/, null],
  ]

  describe.each(ADDRESSES)('the address %.60s', (url, reason, setting) => {
    test('is a 422 as Job-Webhook: the header, the reason and the setting', async () => {
      const answer = await ringback.call('POST', DISPATCH, { content: 'x' }, { 'Job-Webhook': url })
      expect(answer.status).toBe(422)
      expect(answer.json.code).toBe('webhook.url_not_allowed')
      expect(Object.keys(answer.json.errors)).toEqual(['header Job-Webhook'])
      expect(answer.json.message).toMatch(reason)
      if (setting !== null) expect(answer.json.message).toContain(setting)
    })

    test('is a 422 as setting: the field, the reason and the setting', async () => {
      const answer = await ringback.call('PATCH', WEBHOOK, { url, enabled: true })
      expect(answer.status).toBe(422)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.json).toMatchObject({ status: 422, detail: expect.stringMatching(reason) })
      expect(answer.json.code).toMatch(/^(webhook\.url_not_allowed|request\.invalid)$/)
      expect(answer.json.errors.map(({ field }: { field: string }) => field)).toContain('url')
      if (setting !== null) expect(answer.json.detail).toContain(setting)
    })
  })

  test('all that is wrong with an address is told at once', async () => {
    const { json } = await ringback.call('PATCH', WEBHOOK, { url: 'http://10.0.0.1/#x', secret: 'whsec_nonsense' })
    expect(json.detail).toMatch(/base64.*RINGBACK_ALLOW_HTTP_TARGETS.*fragment.*RINGBACK_ALLOW_PRIVATE/s)
    expect(json.errors.map(({ field }: { field: string }) => field)).toEqual(['secret', 'url', 'url', 'url'])
  })

  describe('the Job-Webhook header', () => {
    const dispatch = (headers: [string, string][]) =>
      rawRequest(origin, {
        method: 'POST',
        path: DISPATCH,
        headers: [withKey, asJson, ...headers],
        body: '{"content":"x"}',
      })

    test.each<[what: string, headers: [string, string][], reason: string]>([
      [
        'sent twice',
        [
          ['Job-Webhook', 'https://a.example/'],
          ['job-webhook', 'https://b.example/'],
        ],
        'more than once',
      ],
      ['empty', [['Job-Webhook', '']], 'is empty'],
      ['with two addresses', [['Job-Webhook', 'https://93.184.215.14/, https://10.0.0.1/']], 'header Job-Webhook'],
      ['of a webhook without a secret', [['Job-Webhook', 'https://93.184.215.14/']], '/api/v1/webhooks/default'],
    ])('%s is a 422', async (_what, headers, reason) => {
      const answer = await dispatch(headers)
      expect(answer.status).toBe(422)
      expect(answer.text).toContain(reason)
      expect(Object.keys(JSON.parse(answer.text).errors)).toEqual(['header Job-Webhook'])
    })
  })

  describe('settings of a webhook', () => {
    test.each<[what: string, change: object, field: string, reason: string]>([
      ['a secret of 7 characters', { secret: '1234567' }, 'secret', 'at least 8 characters'],
      ['a secret of 513 characters', { secret: 'x'.repeat(513) }, 'secret', 'at most 512 characters'],
      ['an empty secret', { secret: '' }, 'secret', 'at least 8 characters'],
      ['a secret with a line break', { secret: 'a secret\nof mine' }, 'secret', 'printable'],
      ['a secret with white space around it', { secret: ' a secret of mine ' }, 'secret', 'white space'],
      ['a secret that is no base64 behind its prefix', { secret: 'whsec_nonsense!' }, 'secret', 'base64'],
      ['a secret that is null', { secret: null }, 'secret', 'not null'],
      ['a secret that is a number', { secret: 12_345_678 }, 'secret', 'must be a string'],
      ['"yes" for enabled', { enabled: 'yes' }, 'enabled', 'must be a boolean'],
      ['1 for include_result', { include_result: 1 }, 'include_result', 'must be a boolean'],
      ['an address that is a list', { url: ['https://93.184.215.14/'] }, 'url', 'must be a string'],
      ['switching on without an address', { enabled: true }, 'url', 'is not set'],
      ['an unknown field', { URL: 'https://93.184.215.14/' }, 'URL', 'is not known here'],
      ['a field that only answers have', { disabled_reason: null }, 'disabled_reason', 'is not known here'],
    ])('%s is a 422 that names the field and the reason', async (_what, change, field, reason) => {
      const answer = await ringback.call('PATCH', WEBHOOK, change)
      expect(answer.status).toBe(422)
      expect(answer.json.errors).toContainEqual({ field, message: expect.stringContaining(reason) })
      expect(answer.json.request_id).toBe(answer.headers.get('x-request-id'))
    })

    test('an answer never repeats a secret that was wrong', async () => {
      const answer = await ringback.call('PATCH', WEBHOOK, { secret: 'whsec_hidden-hidden', enabled: 'hidden' })
      expect(answer.status).toBe(422)
      expect(answer.text).not.toContain('hidden-hidden')
    })

    test('a test of a webhook without an address is a 422', async () => {
      const answer = await ringback.call('POST', `${WEBHOOK}/test`)
      expect(answer.status).toBe(422)
      expect(answer.json.code).toBe('webhook.url_missing')
    })
  })

  describe('other requests of management', () => {
    test.each([
      ['/api/v1/deliveries?limit=0', 'limit'],
      ['/api/v1/deliveries?limit=101', 'limit'],
      ['/api/v1/deliveries?limit=1.5', 'limit'],
      ['/api/v1/deliveries?limit=ten', 'limit'],
      ['/api/v1/deliveries?limit=5&limit=6', 'limit'],
      ['/api/v1/deliveries?cursor=nonsense', 'cursor'],
      ['/api/v1/deliveries?status=lost', 'status'],
      ['/api/v1/deliveries?colour=red', 'colour'],
      ['/api/v1/webhooks?limit=0', 'limit'],
      ['/api/v1/webhooks/default?colour=red', 'colour'],
      ['/api/v1/stats/webhooks?webhook=default', 'webhook'],
      ['/api/v1/account?colour=red', 'colour'],
      ['/api/v1/listeners?limit=500', 'limit'],
      ['/api/v1/api-keys?cursor=%00', 'cursor'],
    ])('GET %s is a 422 that names %s', async (path, field) => {
      const answer = await ringback.call('GET', path)
      expect(answer.status).toBe(422)
      expect(answer.json.errors.map((error: { field: string }) => error.field)).toContain(field)
    })

    test('the + of a zone, which an address makes a space, is told how to write', async () => {
      const answer = await ringback.call('GET', '/api/v1/jobs?since=2026-01-31T00:00:00+01:00')
      expect(answer.status).toBe(422)
      expect(answer.json.detail).toMatch(/^since: .*%2B$/)
      expect((await ringback.call('GET', '/api/v1/jobs?since=2026-01-31T00:00:00%2B01:00')).status).toBe(200)
    })

    test('an id that is not there is told in a sentence that says what is missing', async () => {
      const missing = async (method: string, path: string) => (await ringback.call(method, path)).json.detail
      expect(await missing('GET', '/api/v1/webhooks/nothing')).toBe('The account has no webhook with this id or name.')
      expect(await missing('DELETE', '/api/v1/api-keys/nothing')).toBe('The account has no API key with this id.')
    })

    test.each([[{}], [{ name: '' }], [{ name: '   ' }], [{ name: 5 }], [{ name: 'x'.repeat(101) }]])(
      'a key with %j is a 422 that names the name',
      async (body) => {
        const answer = await ringback.call('POST', '/api/v1/api-keys', body)
        expect(answer.status).toBe(422)
        expect(answer.json.errors[0].field).toBe('name')
      },
    )
  })

  describe('what is hardly HTTP', () => {
    test.each<[what: string, bytes: string, code: ErrorCode, detail: RegExp]>([
      ['garbage', 'garbage\r\n\r\n', 'request.malformed_http', /not HTTP/],
      [
        'a TLS greeting',
        '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
        'request.malformed_http',
        /speaks plain http/,
      ],
      [
        'two lengths',
        'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
        'request.malformed_http',
        /not HTTP/,
      ],
      [
        'a length and chunks',
        'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        'request.malformed_http',
        /not HTTP/,
      ],
      [
        'headers of 20 KB',
        `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'y'.repeat(20_000)}\r\n\r\n`,
        'request.headers_too_large',
        /16 KiB/,
      ],
    ])(
      '%s is told so in the words of the catalogue and disconnected, and the server lives',
      async (_what, bytes, code, detail) => {
        const answer = await rawExchange(origin, bytes)
        const [head = '', body = ''] = answer.split('\r\n\r\n')
        expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${ERRORS[code].status} `))
        expect(head).toContain('Content-Type: application/problem+json')
        const problem = JSON.parse(body)
        expect(problem).toMatchObject({ code, status: ERRORS[code].status, detail: expect.stringMatching(detail) })
        expect(head).toContain(`X-Request-Id: ${problem.request_id}`)
        expect((await ringback.call('GET', '/health/live')).status).toBe(200)
      },
    )
  })
})
