import { inspect } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { createSqliteDatabase } from '../../server/test/harness/ringback.ts'
import { useOwn } from '../../server/test/harness/use-own.ts'
import { useRingback } from '../../server/test/harness/use-ringback.ts'
import { type ClientOptions, RingbackClient, RingbackError } from '../src/index.ts'
import { type Mishap, startFlakyProxy } from './flaky-proxy.ts'
import { createJumpingClock, type JumpingClock } from './jumping-clock.ts'

const ringback = useRingback(createSqliteDatabase, {}, 'suite')
const proxy = useOwn(
  () => startFlakyProxy(ringback.app.origin),
  ({ close }) => close(),
)
let clock: JumpingClock

beforeEach(async () => {
  clock = createJumpingClock()
})

function clientOf(change: Partial<ClientOptions> = {}) {
  return new RingbackClient({ baseUrl: proxy.origin, apiKey: ringback.key, clock, random: () => 0, ...change })
}

const INPUT = { content: 'to anna@example.com' }
const html: Mishap = {
  kind: 'answer',
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<h1>Bad gateway</h1>',
}
const status = (code: number, headers: Record<string, string> = {}, after = false): Mishap => ({
  ...{ kind: 'answer', status: code, after },
  headers: { 'content-type': 'application/json', ...headers },
  body: `{"code":"scripted","message":"scripted ${code}"}`,
})

async function jobsOnDisk(): Promise<string[]> {
  const { data } = await new RingbackClient({ baseUrl: ringback.app.origin, apiKey: ringback.key }).jobs.list()
  return data.map(({ id }) => id)
}

const failure = (promise: Promise<unknown>): Promise<RingbackError> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error) => error,
  )

describe('what got lost on the way makes one job, and its caller gets that one', () => {
  test.each<[string, Mishap[]]>([
    ['a reset before the server heard of it', [{ kind: 'reset' }]],
    ['a reset after the job was made', [{ kind: 'reset', after: true }]],
    ['an answer that broke off', [{ kind: 'cut', after: true }]],
    ['JSON that broke off', [{ kind: 'cut-json', after: true }]],
    ['a page of a proxy', [{ ...html, after: true } as Mishap]],
    ['500', [status(500, {}, true)]],
    ['503', [status(503, {}, true)]],
    ['408', [status(408)]],
    ['429', [status(429, { 'retry-after': '2' })]],
    ['one after another', [{ kind: 'reset', after: true }, status(500, {}, true), { kind: 'cut', after: true }]],
  ])('%s', async (_name, mishaps) => {
    const before = await jobsOnDisk()
    proxy.script(...mishaps)
    const job = await clientOf().content.detectEmails(INPUT)
    const made = (await jobsOnDisk()).filter((id) => !before.includes(id))
    expect(made).toEqual([job.jobId])

    const keys = proxy.requests.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toHaveLength(mishaps.length + 1)
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('a form with a file, too', async () => {
    const before = await jobsOnDisk()
    proxy.script({ kind: 'reset', after: true }, { kind: 'cut', after: true })
    const file = { name: 'cv.txt', data: 'Anna Smith, welder since 1999' }
    const job = await clientOf().hr.parseResume({ file, language: 'German' })
    expect((await jobsOnDisk()).filter((id) => !before.includes(id))).toEqual([job.jobId])
  })

  test('each call has a key of its own, unless it is told one', async () => {
    const client = clientOf()
    const first = await client.content.detectEmails(INPUT)
    expect((await client.content.detectEmails(INPUT)).jobId).not.toBe(first.jobId)
    const named = await client.content.detectEmails(INPUT, { idempotencyKey: 'order 1047' })
    expect((await client.content.detectEmails(INPUT, { idempotencyKey: 'order 1047' })).jobId).toBe(named.jobId)
  })
})

test('pauses double, have jitter, and are never shorter than Retry-After asks', async () => {
  proxy.script(status(500), status(500), status(429, { 'retry-after': '7' }))
  await clientOf({ random: () => 0.5 }).ping()
  expect(clock.pausesMs).toEqual([375, 750, 7_000])
  const date = new Date(clock.now() + 12_000).toUTCString()
  proxy.script(status(503, { 'retry-after': date }), status(503, { 'retry-after': 'soon' }))
  await clientOf().ping()
  expect(clock.pausesMs[3]).toBeGreaterThan(9_000)
  expect(clock.pausesMs[3]).toBeLessThanOrEqual(12_000)
  expect(clock.pausesMs[4]).toBe(500)
})

describe('it ends', () => {
  test.each<[string, Mishap, object]>([
    ['RingbackConnectionError', { kind: 'reset' }, { tries: 4 }],
    ['RingbackServerError', status(500), { status: 500, code: 'scripted', message: 'scripted 500' }],
    ['RingbackRateLimitError', status(429, { 'retry-after': '1' }), { status: 429, retryAfterSeconds: 1 }],
    ['RingbackServerError', html, { status: 502, code: null, message: 'The server answered 502 with text/html.' }],
  ])('after three retries with %s', async (name, mishap, fields) => {
    proxy.script(mishap, mishap, mishap, mishap)
    expect(await failure(clientOf().ping())).toMatchObject({ name, ...fields })
    expect(proxy.requests).toHaveLength(4)
  })

  test.each<[string, Mishap, object]>([
    ['RingbackAuthError', status(401), { status: 401 }],
    ['RingbackRequestError', status(422), { status: 422, code: 'scripted' }],
    ['RingbackServerError', status(501), { status: 501 }],
    ['RingbackRateLimitError', status(429, { 'retry-after': '3600' }), { retryAfterSeconds: 3_600 }],
    ['RingbackResponseError', { ...html, status: 200 } as Mishap, { message: expect.stringContaining('baseUrl') }],
    [
      'RingbackResponseError',
      { kind: 'answer', status: 307, headers: { location: 'https://elsewhere.example/' } },
      { message: expect.stringContaining('https://elsewhere.example/') },
    ],
  ])('at once with %s', async (name, mishap, fields) => {
    proxy.script(mishap)
    expect(await failure(clientOf().content.detectEmails(INPUT))).toMatchObject({ name, ...fields })
    expect(proxy.requests).toHaveLength(1)
  })

  test('at once at the redirect of an upload, which is not sent four times', async () => {
    proxy.script({ kind: 'answer', status: 308, headers: { location: '/elsewhere' } })
    const error = await failure(clientOf().hr.parseResume({ file: new Blob(['x']) }))
    expect(error).toMatchObject({ name: 'RingbackResponseError', status: 0 })
    expect(proxy.requests).toHaveLength(1)
  })

  test('with a time-out when nobody answers, after as many tries', async () => {
    proxy.script({ kind: 'hang' }, { kind: 'hang' })
    const ping = failure(clientOf({ retries: 1, timeoutMs: 25_000 }).ping())
    for (const count of [1, 2]) {
      await proxy.requested(count)
      clock.passLimits()
    }
    expect(await ping).toMatchObject({ name: 'RingbackTimeoutError', timeoutMs: 25_000, jobId: null })
  })

  test('with the reason of the signal, while it waits for an answer and in a pause', async () => {
    for (const mishap of [{ kind: 'hang' }, status(503)] as const) {
      const controller = new AbortController()
      proxy.script(mishap)
      const options = mishap.kind === 'hang' ? {} : { clock: { ...clock, after: () => () => {} } }
      const seen = proxy.requests.length
      const ping = failure(clientOf(options).ping({ signal: controller.signal }))
      await proxy.requested(seen + 1)
      controller.abort(new Error('enough'))
      expect((await ping).message).toBe('enough')
    }
  })

  test('at an address where nobody listens, saying so', async () => {
    const error = await failure(clientOf({ baseUrl: 'http://127.0.0.1:9', retries: 0 }).ping())
    expect(error).toMatchObject({ name: 'RingbackConnectionError', tries: 1 })
    expect(error.message).toMatch(/^GET \/api\/v1\/ping at http:\/\/127\.0\.0\.1:9: /)
  })
})

test('a server that does not know Idempotency-Key gets none, and a dispatch again only after a 429', async () => {
  const client = clientOf({ idempotent: false })
  proxy.script(status(429, { 'retry-after': '1' }))
  await client.content.detectEmails(INPUT)
  proxy.script(status(500, {}, true))
  expect(await failure(client.content.detectEmails(INPUT))).toMatchObject({ name: 'RingbackServerError' })
  expect(proxy.requests).toHaveLength(3)
  expect(proxy.requests.every(({ headers }) => headers['idempotency-key'] === undefined)).toBe(true)

  const seen: Request[] = []
  const fetch = async (...call: Parameters<typeof globalThis.fetch>) => {
    seen.push(new Request(...call))
    return new Response('{"job_id":"1","status_url":"https://sharpapi.com/api/v1/x"}', { status: 202 })
  }
  await new RingbackClient({ baseUrl: 'https://sharpapi.com', apiKey: 'k', fetch }).content.proofread({ content: 'x' })
  expect(seen.map(({ url, headers }) => [url, headers.get('idempotency-key')])).toEqual([
    ['https://sharpapi.com/api/v1/content/proofread', null],
  ])
})

test('no error and no printed client has the key, whatever the server echoes', async () => {
  const key = ringback.key
  const echo = { 'content-type': 'application/json', location: `https://x.example/?k=${key}` }
  const client = clientOf({ retries: 0 })
  proxy.script(
    { kind: 'answer', status: 500, headers: echo, body: JSON.stringify({ message: `Bearer ${key}` }) },
    { kind: 'answer', status: 302, headers: echo },
    { kind: 'reset' },
  )
  const broken = clientOf({ retries: 0, fetch: () => Promise.reject(new Error(`bad header: Bearer ${key}`)) })
  const errors = [
    await failure(client.ping()),
    await failure(client.ping()),
    await failure(client.ping()),
    await failure(broken.ping()),
  ]
  const told = inspect([errors, client], { depth: 20, showHidden: true }) + JSON.stringify([errors, client])
  expect(told).not.toContain(key)
  expect(errors.every((error) => error instanceof RingbackError)).toBe(true)
  expect(errors[0]?.message).toBe('Bearer ***')
})
