import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ModelReply } from './harness/model-replies.ts'
import { startModelServer } from './harness/model-server.ts'
import { queryDatabase } from './harness/query-database.ts'
import { createSqliteDatabase, type Ringback, startRingback } from './harness/ringback.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'
import { useWarmSdk } from './harness/use-model.ts'
import { useOwn } from './harness/use-own.ts'
import { useReceiver } from './harness/use-receivers.ts'

/** What every job of this file is about. */
const INPUT = { content: 'A long text.' }

// One engine will do: what a provider answers never reaches the store but as the end of a job.
const database = useEngineDatabase(createSqliteDatabase, 'suite')
const receiver = useReceiver()
const server = useOwn(startModelServer, (server) => server.close())
let ringback: Ringback

useWarmSdk()

beforeEach(async () => {
  ringback = await startRingback(database, {
    env: { RINGBACK_MODEL: 'compatible/test', RINGBACK_MODEL_BASE_URL: server.baseUrl },
  })
  const change = { enabled: true, url: receiver.url, secret: 'a secret of tests', include_result: true }
  expect((await ringback.call('PATCH', '/api/v1/webhooks/default', change)).status).toBe(200)
})
afterEach(async () => {
  await ringback.stop()
})

/** Dispatches a job; gives where its status is and its id. */
async function dispatch() {
  const { json } = await ringback.call('POST', '/api/v1/content/summarize', INPUT)
  await server.requested(1)
  return { id: json.job_id as string, statusPath: new URL(json.status_url).pathname }
}

/** What the status of a job says at its end. The webhook must say the same. */
async function endOf({ id, statusPath }: { id: string; statusPath: string }) {
  const job = await until('the job has ended', async () => {
    const { attributes } = (await ringback.call('GET', statusPath)).json.data
    return attributes.status === 'success' || attributes.status === 'failed' ? attributes : null
  })
  const told = JSON.parse((await receiver.request(1)).body.toString())
  expect(told).toMatchObject({ id, status: job.status, result: job.result })
  expect(told.error).toEqual(job.error)
  return job
}

/** Moves time to when the job is to run again; gives how far that was. */
async function moveToNextRun({ id }: { id: string }): Promise<number> {
  const waiting = `select due_at from jobs where id = '${id}' and status = 'pending' and leased_by is null`
  const waitMs = await until('the job waits', async () => {
    const [row] = await queryDatabase(database, waiting)
    return row ? Number(row.due_at) - ringback.clock.now() : null
  })
  ringback.clock.move(waitMs)
  return waitMs
}

/** An answer of the OpenAI protocol, with something else in the place of what it has. */
function chat(change: { choices?: readonly object[]; usage?: object }): ModelReply {
  const message = { role: 'assistant', content: '{"summary":"a summary"}' }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  return { kind: 'body', body: { id: 'chat-1', created: 1, model: 'test', choices, ...change } }
}

const TOOL_CALL = { id: 'call-1', type: 'function', function: { name: 'find', arguments: '{}' } }

const FITS = { status: 'success', result: { summary: 'a summary' } }
const failed = (code: string) => ({ status: 'failed', result: null, error: { code, message: expect.any(String) } })

describe('a model provider that fails', () => {
  test.each<[string, ModelReply, calls: number]>([
    ['in a Markdown fence', { kind: 'dressed', as: 'fence' }, 1],
    ['with prose around it', { kind: 'dressed', as: 'prose' }, 1],
    ['after its thoughts', { kind: 'dressed', as: 'thoughts' }, 1],
    ['cut in the middle, once', { kind: 'cut' }, 2],
    ['of the wrong shape, once', { kind: 'wrong' }, 2],
    ['that is empty, once', { kind: 'text', text: '' }, 2],
    [
      'that asks for a tool instead, once',
      chat({
        choices: [{ index: 0, message: { content: null, tool_calls: [TOOL_CALL] }, finish_reason: 'tool_calls' }],
      }),
      2,
    ],
    ['with parts of tokens', chat({ usage: { prompt_tokens: 1.5, completion_tokens: 2.5, total_tokens: 4 } }), 1],
    ['with more tokens than there are', chat({ usage: { prompt_tokens: 1e300, completion_tokens: 1 } }), 1],
    ['with less than no tokens', chat({ usage: { prompt_tokens: -1, completion_tokens: 1 } }), 1],
  ])('by an answer %s gives the result at once', async (_, reply, calls) => {
    server.script(reply)
    expect(await endOf(await dispatch())).toMatchObject(FITS)
    expect(server.requests).toHaveLength(calls)
  })

  test.each<[string, ModelReply[], string, RegExp, calls: number]>([
    ['two answers that are cut', [{ kind: 'cut' }, { kind: 'cut' }], 'model.invalid_output', /twice/, 2],
    ['two of the wrong shape', [{ kind: 'wrong' }, { kind: 'wrong' }], 'model.invalid_output', /twice/, 2],
    [
      'an answer cut at its limit',
      [{ kind: 'text', text: '{"summ', end: 'length' }],
      'model.invalid_output',
      /limit/,
      1,
    ],
    ['a content filter', [{ kind: 'filtered' }], 'model.rejected', /content filter/, 1],
    ['a refusal', [{ kind: 'refusal' }], 'model.rejected', /content filter/, 1],
    ['a wrong key', [{ kind: 'status', status: 401 }], 'model.rejected', /key/, 1],
    ['an unknown model', [{ kind: 'status', status: 404 }], 'model.rejected', /does not know/, 1],
    [
      'a quota that is used up',
      [{ kind: 'status', status: 429, code: 'insufficient_quota' }],
      'model.rejected',
      /quota/,
      1,
    ],
  ])('by %s fails the job, and says why', async (_, replies, code, message, calls) => {
    server.script(...replies)
    const end = await endOf(await dispatch())
    expect(end).toMatchObject(failed(code))
    expect(end.error.message).toMatch(message)
    expect(server.requests).toHaveLength(calls)
  })

  test.each<[string, ModelReply]>([
    ['429 with a short wait', { kind: 'status', status: 429, headers: { 'retry-after': '2' } }],
    ['429 without a wait', { kind: 'status', status: 429 }],
    ['500', { kind: 'status', status: 500 }],
    ['503 with a wait', { kind: 'status', status: 503, headers: { 'retry-after': '30' } }],
    ["a proxy's page with status 200", { kind: 'html' }],
    ['an answer without an answer in it', chat({ choices: [] })],
    ['an answer that never ends', { kind: 'endless' }],
    ['a connection that breaks before the answer', { kind: 'reset', when: 'before' }],
    ['a connection that breaks in the answer', { kind: 'reset', when: 'middle' }],
  ])('by %s runs the job again, and gives the result', async (_, reply) => {
    server.script(reply)
    const job = await dispatch()
    await moveToNextRun(job)
    expect(await endOf(job)).toMatchObject(FITS)
    expect(server.requests).toHaveLength(2)
  })

  test('by 429 with a long wait runs the job again, and not before', async () => {
    server.script({ kind: 'status', status: 429, headers: { 'retry-after': '1800' } })
    const job = await dispatch()
    // The row is looked at some moments after the answer.
    expect(await moveToNextRun(job)).toBeGreaterThan(1_790_000)
    expect(await endOf(job)).toMatchObject(FITS)
  })

  test('by never answering fails the job when its time is over', async () => {
    server.script({ kind: 'hang' })
    const job = await dispatch()
    ringback.clock.move(3_600_000)
    expect(await endOf(job)).toMatchObject(failed('job.timeout'))
  })
})
