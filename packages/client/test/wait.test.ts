import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createJobWaiter, type JobHandle, RingbackClient } from '../src/index.ts'
import { type FlakyProxy, type Mishap, startFlakyProxy } from './flaky-proxy.ts'
import { createJumpingClock, type JumpingClock } from './jumping-clock.ts'

let server: FlakyProxy
let clock: JumpingClock
let client: RingbackClient

beforeEach(async () => {
  server = await startFlakyProxy()
  clock = createJumpingClock()
  client = new RingbackClient({
    baseUrl: server.origin,
    apiKey: 'key',
    clock,
    random: () => 0,
    retries: 1,
    timeoutMs: 30_000,
  })
})
afterEach(async () => await server.close())

const answer = (body: unknown, headers: Record<string, string> = {}, status = 200): Mishap => ({
  ...{ kind: 'answer', status, body: JSON.stringify(body) },
  headers: { 'content-type': 'application/json', ...headers },
})
const job = (status: string, result: unknown = null, headers: Record<string, string> = {}) =>
  answer({ data: { type: 'api_job', id: 'j1', attributes: { status, type: 'content_keywords', result } } }, headers)
const done = job('success', ['a'])

const ref = { jobId: 'j1', type: 'content_keywords' } as const
const handle: JobHandle<'content_keywords'> = { ...ref, statusUrl: '', ended: null }

describe('polling', () => {
  test.each<[string, Mishap, number]>([
    ['what Retry-After says', job('pending', null, { 'retry-after': '3' }), 3_000],
    ['ten seconds when it says nothing', job('new'), 10_000],
    ['ten seconds after a date', job('pending', null, { 'retry-after': 'Fri, 31 Dec 2027 23:59:59 GMT' }), 10_000],
    ['a second at least', job('pending', null, { 'retry-after': '0' }), 1_000],
    [
      'four times as long with 1 request left',
      job('new', null, { 'retry-after': '2', 'x-ratelimit-remaining': '1' }),
      8_000,
    ],
    ['as it should with 4 left', job('new', null, { 'retry-after': '2', 'x-ratelimit-remaining': '4' }), 2_000],
    ['ten seconds for a status that it does not know', job('resting'), 10_000],
  ])('waits %s', async (_name, pending, ms) => {
    server.script(pending, done)
    expect(await client.wait(ref)).toEqual(['a'])
    expect(clock.pausesMs).toEqual([ms])
  })

  test('goes on after 429s, whatever their number, and after what can pass', async () => {
    const limited = answer({ message: 'slow down' }, { 'retry-after': '6' }, 429)
    server.script(limited, limited, limited, limited, answer({}, {}, 503), job('new'), { kind: 'reset' }, done)
    expect(await client.wait(ref)).toEqual(['a'])
    server.script({ kind: 'reset' }, { kind: 'reset' })
    await expect(client.wait(ref)).rejects.toMatchObject({ name: 'RingbackConnectionError' })
  })

  test('asks a last time at the deadline, and then says which job it was', async () => {
    const slow = job('pending', null, { 'retry-after': '60' })
    for (const last of [done, job('pending')]) {
      server.script(slow, last)
      const waiting = client.wait(ref, { timeoutMs: 90_000 }).then(
        (value) => value,
        (error) => error,
      )
      // The pause of a minute is a limit to this clock, as the deadline is.
      await expect.poll(() => clock.limitsMs()).toEqual([90_000, 60_000])
      clock.passLimits()
      const got = await waiting
      if (last === done) expect(got).toEqual(['a'])
      else expect(got).toMatchObject({ name: 'RingbackTimeoutError', jobId: 'j1', timeoutMs: 90_000 })
    }
  })

  test('follows the status URL on its own server alone: the key goes nowhere else', async () => {
    const own = `${server.origin}/api/v1/content/translate/job/status/j1`
    server.script(done, done, done)
    await client.wait({ ...ref, statusUrl: own })
    await client.wait({ ...ref, statusUrl: 'https://elsewhere.example/api/v1/content/keywords/job/status/j1' })
    await client.wait({ ...ref, statusUrl: '/relative' })
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/api/v1/content/translate/job/status/j1',
      '/api/v1/content/keywords/job/status/j1',
      '/api/v1/content/keywords/job/status/j1',
    ])
  })

  test('the older status URL has its result as text', async () => {
    server.script(job('success', '["a"]'), job('success', 'plain'))
    expect(await client.wait({ ...ref, statusUrl: `${server.origin}/api/v1/job/status/j1` })).toEqual(['a'])
    expect(await client.wait(ref)).toBe('plain')
  })

  test('a failed job of a server that says no more is one without a code', async () => {
    server.script(job('failed'))
    await expect(client.wait(ref)).rejects.toMatchObject({ name: 'RingbackJobFailedError', code: null, jobId: 'j1' })
  })

  test('an answer that is no status says so', async () => {
    server.script(answer({ data: [] }))
    await expect(client.wait(ref)).rejects.toMatchObject({ name: 'RingbackResponseError' })
  })

  test('ends with the reason of its signal', async () => {
    const controller = new AbortController()
    server.script({ kind: 'hang' })
    const waiting = client.wait(ref, { signal: controller.signal })
    await server.requested(1)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})

describe('waiting by webhook', () => {
  test('an event wakes everybody who waits for its job, and nobody else', async () => {
    const waiter = createJobWaiter({ client, clock })
    const both = Promise.all([waiter.wait(handle), waiter.wait(handle)])
    await new Promise(setImmediate)
    expect(waiter.resolve({ id: 'other', status: 'success', result: [] })).toBe(false)
    expect(waiter.resolve({ id: 'j1', status: 'success', result: ['x'] })).toBe(true)
    expect(await both).toEqual([['x'], ['x']])
    expect(server.requests).toHaveLength(0)
  })

  test('what is no end of a job is left alone', () => {
    const waiter = createJobWaiter({ client, clock })
    expect(waiter.resolve({ status: undefined })).toBe(false)
    expect(waiter.resolve({ id: 'j1', status: 'pending' })).toBe(false)
  })

  test('a webhook that overtook the answer to the dispatch is not missed', async () => {
    const waiter = createJobWaiter({ client, clock })
    expect(waiter.resolve({ id: 'j1', status: 'success', result: ['x'] })).toBe(false)
    server.script(done)
    expect(await waiter.wait(handle)).toEqual(['a'])
  })

  test('a failed job is told with its code', async () => {
    const waiter = createJobWaiter({ client, clock })
    const waiting = waiter.wait(ref)
    await new Promise(setImmediate)
    waiter.resolve({ id: 'j1', status: 'failed', error: { code: 'job.cancelled', message: 'The job was cancelled.' } })
    await expect(waiting).rejects.toMatchObject({ code: 'job.cancelled', message: 'The job was cancelled.' })
  })

  test('without a webhook the server is asked once, at the deadline', async () => {
    const waiter = createJobWaiter({ client, clock })
    server.script(done, job('pending'))
    for (const expected of [['a'], { name: 'RingbackTimeoutError', jobId: 'j1' }]) {
      const waiting = waiter.wait(handle).catch((error) => error)
      await new Promise(setImmediate)
      clock.passLimits()
      expect(await waiting).toMatchObject(expected)
    }
    expect(server.requests).toHaveLength(2)
  })

  test('ends with the reason of its signal, also when that was there before', async () => {
    const waiter = createJobWaiter({ client, clock })
    const controller = new AbortController()
    const waiting = waiter.wait(handle, { signal: controller.signal })
    await new Promise(setImmediate)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(waiter.wait(handle, { signal: controller.signal })).rejects.toThrow('enough')
  })
})
