import { describe, expect, test } from 'vitest'
import { callApi, describeEngines, type Ringback } from './harness/ringback.ts'
import { createAccountKey } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useServers } from './harness/use-servers.ts'
import { type JsonFields, WIRE_CLIENTS, type WireAccess, type WireClient } from './wire/clients.ts'
import { sendRaw, type WireAnswer, type WireRequest } from './wire/raw-request.ts'

const EMAILS = '/content/detect_emails'
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/** Letters and a slash that the clients escape in different ways, and an address to find. */
const CONTENT = 'Größe 1/2 ✓ 𝄞: write to anna@example.com'

/** A base URL with and without a slash at its end. */
const BASES = ['/api/v1', '/api/v1/'] as const

const CLIENTS = WIRE_CLIENTS.flatMap((create) =>
  BASES.map((base) => ({ name: `${create({ base, key: '' }).name}, base URL ${base}`, create, base })),
)

describeEngines('published clients', (createDatabase) => {
  // Servers are shared: each test has an account of its own, so none sees what others have left.
  const server = useServers(createDatabase, () => ({
    whole: {},
    // Jobs stay `new`.
    accepting: { RINGBACK_ROLES: 'api' },
    limiting: { RINGBACK_REQUESTS_PER_MINUTE: '1' },
  }))
  let ringback: Ringback
  let key: string

  async function use(name: Parameters<typeof server>[0]): Promise<void> {
    ringback = server(name)
    key = await createAccountKey(ringback)
  }

  const send = (request: WireRequest): Promise<WireAnswer> => sendRaw(ringback.app.origin, request)

  /** Where the client asks for the status: all but Flutter's follow the URL of the answer as it is. */
  function statusPath({ name }: WireClient, { json }: WireAnswer, base: string): string {
    if (name === 'Flutter') return `${EMAILS}/job/status/${json.job_id}`
    const { pathname } = new URL(json.status_url)
    return pathname.slice(base.length)
  }

  /** Polls as clients do, with each answer checked, until the job has ended. */
  async function poll(client: WireClient, path: string): Promise<WireAnswer> {
    return await until('the job has ended', async () => {
      const answer = await send(client.get(path))
      expect(answer.status).toBe(200)
      expect(answer.json.data.attributes).toHaveProperty('result')
      if (['success', 'failed'].includes(answer.json.data.attributes.status)) return answer
      checkUnfinished(answer)
      return null
    })
  }

  function checkUnfinished(answer: WireAnswer) {
    expect(answer.headers['retry-after']).toMatch(/^[1-4]$/)
    expect(answer.text).toMatch(
      new RegExp(
        `^{"data":{"type":"api_job","id":"${UUID}","attributes":{"status":"(new|pending)","type":"[a-z_]+","result":null}}}$`,
      ),
    )
  }

  /** Limits well over what any client throttles at, counts that never alarm it, and the end of the window in seconds. */
  function checkRateLimitHeaders({ headers }: WireAnswer) {
    expect(Number(headers['x-ratelimit-limit'])).toBeGreaterThan(60)
    expect(Number(headers['x-ratelimit-remaining'])).toBeGreaterThan(3)
    expect(headers['x-ratelimit-reset']).toMatch(/^\d{10}$/)
  }

  describe.each(CLIENTS)('$name', ({ create, base }) => {
    const client = (more: Partial<WireAccess> = {}) => create({ base, key, ...more })

    test('dispatches, polls and gets the result', async () => {
      await use('whole')
      const dispatched = await send(client().postJson(EMAILS, { content: CONTENT }))
      expect(dispatched.status).toBe(202)
      expect(dispatched.text).toMatch(
        new RegExp(`^{"status_url":"${ringback.app.origin}/api/v1${EMAILS}/job/status/(${UUID})","job_id":"\\1"}$`),
      )
      // PHP decides by the segments of this path how to read the result: 5 would be the older form.
      expect(new URL(dispatched.json.status_url).pathname.split('/').filter(Boolean)).toHaveLength(7)
      expect(dispatched.headers['retry-after']).toMatch(/^[1-4]$/)
      expect(dispatched.headers['sharpapi-job-id']).toBe(dispatched.json.job_id)
      checkRateLimitHeaders(dispatched)

      const ended = await poll(client(), statusPath(client(), dispatched, base))
      expect(ended.text).toBe(
        `{"data":{"type":"api_job_result","id":"${dispatched.json.job_id}","attributes":` +
          `{"status":"success","type":"content_detect_emails","result":["anna@example.com"]}}}`,
      )
      checkRateLimitHeaders(ended)
      // The older address: five segments, and the result is JSON text.
      const legacy = await send(client().get(`/job/status/${dispatched.json.job_id}`))
      expect(legacy.json.data.attributes.result).toBe('["anna@example.com"]')

      const { json } = await callApi(ringback.app.origin, key, 'GET', `/api/v1/jobs/${dispatched.json.job_id}`)
      expect(json.input).toEqual({ content: CONTENT })
    })

    test('an unfinished job has a null result and a Retry-After that all read alike', async () => {
      await use('accepting')
      const dispatched = await send(client().postJson(EMAILS, { content: CONTENT }))
      checkUnfinished(await send(client().get(statusPath(client(), dispatched, base))))
      const legacy = await send(client().get(`/job/status/${dispatched.json.job_id}`))
      expect(legacy.json.data.attributes.result).toBe('null')
    })

    test('explicit null is "not given", in every optional field of the request that has most', async () => {
      await use('accepting')
      const texts = ['company_name', 'minimum_work_experience', 'minimum_education', 'employment_type', 'country']
      const others = [
        'voice_tone',
        'context',
        'language',
        'required_skills',
        'optional_skills',
        'remote',
        'visa_sponsored',
      ]
      const nulls = Object.fromEntries([...texts, ...others].map((name) => [name, null]))
      const answer = await send(client().postJson('/hr/job_description', { name: 'Zoo keeper', ...nulls }))
      expect(answer.text).toContain('"job_id"')
      expect(answer.status).toBe(202)
    })

    test('an upload is accepted, with empty parts for what was not given, and once for one key', async () => {
      await use('accepting')
      const file = (content: string) => ({ name: 'cv.txt', type: 'text/plain', content: Buffer.from(content) })
      const upload = (content: string) => {
        const request = client().upload('/hr/parse_resume', file(content), { language: '' })
        return send({ ...request, headers: [...request.headers, ['Idempotency-Key', 'one key']] })
      }
      const first = await upload('Anna Lee, anna@example.com')
      expect(first.text).toContain('"job_id"')
      expect(first.status).toBe(202)
      expect((await upload('Anna Lee, anna@example.com')).text).toBe(first.text)
      const other = await upload('Somebody else')
      expect(other.json.code).toBe('request.idempotency_key_reused')
      const { json } = await callApi(ringback.app.origin, key, 'GET', '/api/v1/jobs')
      expect(json.data).toMatchObject([{ id: first.json.job_id, type: 'hr_parse_resume', status: 'new' }])
    })

    test('a failed job has a null result, and only more beside it', async () => {
      await use('whole')
      const fields = { content: CONTENT, language: 'German', voice_tone: null, context: null, unknown_field: 1 }
      const dispatched = await send(client().postJson('/content/translate', fields))
      expect(dispatched.status).toBe(202)
      const { data } = (await poll(client(), `/content/translate/job/status/${dispatched.json.job_id}`)).json
      expect(data).toEqual({
        type: 'api_job',
        id: dispatched.json.job_id,
        attributes: { status: 'failed', type: 'content_translate', result: null, error: expect.any(Object) },
      })
    })

    test('ping and quota have the fields, types and formats that clients parse, and no rate limit', async () => {
      await use('whole')
      const ping = await send(client().get('/ping'))
      expect(ping.text).toMatch(/^{"ping":"pong","timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"}$/)
      const quota = await send(client().get('/quota'))
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\d{3})?Z$/)
      // Fields that clients do not know mean nothing to them.
      expect(quota.json).toMatchObject({
        timestamp: time,
        on_trial: expect.any(Boolean),
        trial_ends: time,
        subscribed: expect.any(Boolean),
        current_subscription_start: time,
        current_subscription_end: time,
        current_subscription_reset: time,
        subscription_words_quota: expect.any(Number),
        subscription_words_used: expect.any(Number),
        subscription_words_used_percentage: expect.any(Number),
        requests_per_minute: 6_000,
      })
      // Flutter and PHP read these as integers, and stop at a decimal point.
      for (const name of ['subscription_words_quota', 'subscription_words_used', 'requests_per_minute']) {
        expect(quota.text).toMatch(new RegExp(`"${name}":\\d+[,}]`))
      }
      for (const answer of [ping, quota]) {
        expect(answer.status).toBe(200)
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([])
      }
    })

    test('a Job-Webhook that is sent with everything counts on dispatch only', async () => {
      await use('whole')
      const overridden = client({ jobWebhook: 'http://not.allowed.example/' })
      for (const path of ['/ping', '/quota']) expect((await send(overridden.get(path))).status).toBe(200)
      const dispatched = await send(client().postJson(EMAILS, { content: CONTENT }))
      await poll(overridden, statusPath(client(), dispatched, base))
      const refused = await send(overridden.postJson(EMAILS, { content: CONTENT }))
      expect(refused.status).toBe(422)
      checkFlatError(refused)
    })

    test('what is wrong is told in a flat body with a message', async () => {
      await use('whole')
      const file = { name: 'cv.txt', type: 'text/plain', content: Buffer.from('Anna') }
      const wrong: [status: number, request: WireRequest][] = [
        [422, client().postJson(EMAILS, {})],
        [422, client().postJson(EMAILS, [] satisfies JsonFields)],
        [422, client().postJson(EMAILS, { content: null })],
        [401, client({ key: 'wrong' }).get('/quota')],
        [401, client({ key: 'wrong' }).get('/ping')],
        [404, client().get('/no/such/job/status/here/or/there')],
        [404, client().get(`${EMAILS}/job/status/019c1f0e-7c1b-7b6a-9a55-2f3f0f8f4a11`)],
        [405, client().get(EMAILS)],
        [415, client().upload(EMAILS, file, { language: 'English' })],
      ]
      for (const [status, request] of wrong) {
        const answer = await send(request)
        expect(answer.status, `${request.method} ${request.path}`).toBe(status)
        checkFlatError(answer)
      }
    })

    test('too many requests are told when to come back, in whole seconds', async () => {
      await use('limiting')
      const dispatch = () => send(client().postJson(EMAILS, { content: CONTENT }))
      const answers = [await dispatch(), await dispatch(), await dispatch()]
      // A minute can begin between two of them.
      const refused = answers.find(({ status }) => status === 429)
      expect(Number(refused?.headers['retry-after'])).toBeGreaterThanOrEqual(1)
      expect(refused?.headers).toMatchObject({
        'retry-after': expect.stringMatching(/^\d+$/),
        'x-ratelimit-limit': '1',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/),
      })
      checkFlatError(refused as WireAnswer)
    })
  })

  test('a client that asks before it sends its body (Expect: 100-continue) is told to go on', async () => {
    await use('whole')
    const request = WIRE_CLIENTS[2]({ base: '/api/v1', key }).postJson(EMAILS, { content: CONTENT })
    const answer = await send({ ...request, headers: [...request.headers, ['Expect', '100-Continue']] })
    expect(answer.status).toBe(202)
  })
})

function checkFlatError({ headers, json }: WireAnswer) {
  expect(headers['content-type']).toBe('application/json; charset=utf-8')
  expect(json.code).toEqual(expect.any(String))
  expect(json.message).toMatch(/\S/)
  expect(Object.keys(json).filter((name) => !['code', 'message', 'errors'].includes(name))).toEqual([])
}

describe.each(CLIENTS)('the recorded upload of $name', ({ create, base }) => {
  test('is a form that others can read', async () => {
    const file = { name: 'cv.pdf', type: 'application/pdf', content: Buffer.from('%PDF-1.7\r\n--not a boundary\r\n') }
    const request = create({ base, key: 'k' }).upload('/hr/parse_resume', file, { language: 'English', context: '' })
    const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]))
    const form = await new Response(request.body, {
      headers: { 'content-type': headers['content-type'] ?? '' },
    }).formData()
    expect([form.get('language'), form.get('context')]).toEqual(['English', ''])
    const sent = form.get('file') as File
    expect(sent.name).toBe('cv.pdf')
    expect(Buffer.from(await sent.arrayBuffer())).toEqual(file.content)
  })
})
