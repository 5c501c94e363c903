import type { ModelCall } from '@ringback/contract'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { ModelConfig } from '../src/config.ts'
import type { PriceTable } from '../src/models/prices.ts'
import { type ConfiguredTaskModel, createTaskModel } from '../src/models/task-model.ts'
import { startModelServer } from './harness/model-server.ts'
import { useOwn } from './harness/use-own.ts'

const schema = z.object({ summary: z.string() })

/** What the model server counts for each answer (`model-wire.ts`): 7 tokens in, 5 out. */
const COUNTED = { inputTokens: 7, outputTokens: 5 }
const PRICES: PriceTable = [{ model: 'compatible/local', from: '2025-01-01', input: 10, output: 100 }]
const COST = 7 * 10 + 5 * 100
const UNKNOWN = { answeredModel: null, inputTokens: null, outputTokens: null, finishReason: null }

const server = useOwn(startModelServer, (server) => server.close())
let model: ConfiguredTaskModel
let calls: ModelCall[]

beforeEach(() => {
  calls = []
  model = open({ provider: 'compatible', modelId: 'local', baseUrl: server.baseUrl, apiKey: null })
})
afterEach(() => model.close())

const open = (config: ModelConfig, prices = PRICES) => createTaskModel({ config, prices })

function generate(signal = new AbortController().signal): Promise<unknown> {
  const request = { schema, schemaName: 'summary', instructions: 'Summarize.', content: 'Text.', signal }
  return model.generate({ ...request, onCall: (call) => calls.push(call) })
}

describe('every call is told, with what it used and cost', () => {
  test('one that answers', async () => {
    await generate()
    expect(calls).toEqual([
      {
        provider: 'compatible',
        model: 'local',
        answeredModel: 'test',
        ...COUNTED,
        cachedTokens: expect.toBeOneOf([0, null]),
        reasoningTokens: expect.toBeOneOf([0, null]),
        durationMs: expect.any(Number),
        finishReason: 'stop',
        failure: null,
        costMicroUsd: COST,
      },
    ])
  })

  test('one whose answer does not fit, and the one that follows', async () => {
    server.script({ kind: 'text', text: 'no' }, { kind: 'ok' })
    await generate()
    expect(calls).toMatchObject([
      { ...COUNTED, failure: 'no_fit', costMicroUsd: COST },
      { ...COUNTED, failure: null, costMicroUsd: COST },
    ])
  })

  test('two whose answers do not fit, although the job fails', async () => {
    server.script({ kind: 'text', text: 'no' }, { kind: 'text', text: 'no!' })
    await expect(generate()).rejects.toMatchObject({ code: 'model.invalid_output' })
    expect(calls).toMatchObject([
      { failure: 'no_fit', costMicroUsd: COST },
      { failure: 'no_fit', costMicroUsd: COST },
    ])
  })

  test('one whose answer does not fit, when the provider fails at the second question', async () => {
    server.script({ kind: 'text', text: 'no' }, { kind: 'status', status: 500 })
    await expect(generate()).rejects.toMatchObject({ code: 'model.unavailable', retryable: true })
    expect(calls).toMatchObject([
      { ...COUNTED, failure: 'no_fit', costMicroUsd: COST },
      { ...UNKNOWN, failure: 'http_500', costMicroUsd: 0 },
    ])
  })

  test('one that was cut, and one that was filtered', async () => {
    server.script({ kind: 'text', text: '{"summary":"sho', end: 'length' }, { kind: 'filtered' })
    await expect(generate()).rejects.toMatchObject({ code: 'model.invalid_output' })
    await expect(generate()).rejects.toMatchObject({ code: 'model.rejected' })
    expect(calls).toMatchObject([
      { ...COUNTED, finishReason: 'length', costMicroUsd: COST },
      { ...COUNTED, finishReason: 'content-filter', costMicroUsd: COST },
    ])
  })

  test('a refusal, which costs nothing', async () => {
    server.script({ kind: 'status', status: 429 })
    await expect(generate()).rejects.toMatchObject({ limited: true })
    expect(calls).toMatchObject([{ ...UNKNOWN, failure: 'http_429', costMicroUsd: 0 }])
  })

  test('an answer that never arrived, whose cost nobody knows', async () => {
    server.script({ kind: 'reset', when: 'middle' }, { kind: 'html' })
    await expect(generate()).rejects.toMatchObject({ limited: false, retryable: true })
    await expect(generate()).rejects.toMatchObject({ retryable: true })
    expect(calls).toMatchObject([
      { ...UNKNOWN, costMicroUsd: null },
      { ...UNKNOWN, failure: 'no_answer', costMicroUsd: null },
    ])
    await server.close()
    await expect(generate()).rejects.toMatchObject({ retryable: true })
    expect(calls[2]).toMatchObject({ ...UNKNOWN, failure: 'unreachable', costMicroUsd: null })
  })

  test('one that was aborted', async () => {
    server.script({ kind: 'hang' })
    const abort = new AbortController()
    const answer = generate(abort.signal)
    await server.requested(1)
    abort.abort(new Error('cancelled'))
    await expect(answer).rejects.toThrow('cancelled')
    expect(calls).toMatchObject([{ ...UNKNOWN, failure: 'aborted', costMicroUsd: null }])
  })

  test.each([
    ['openai', '/v1'],
    ['anthropic', '/v1'],
    ['google', '/v1beta'],
  ] as const)('of %s', async (provider, base) => {
    await model.close()
    const prices = [{ model: `${provider}/local`, from: '2025-01-01', input: 10, output: 100 }]
    model = open({ provider, modelId: 'local', baseUrl: `${server.origin}${base}`, apiKey: 'sk-test' }, prices)
    await generate()
    expect(calls).toMatchObject([{ provider, model: 'local', ...COUNTED, finishReason: 'stop', costMicroUsd: COST }])
  })
})

test('a model without a price has no cost', async () => {
  await model.close()
  model = open({ provider: 'compatible', modelId: 'other', baseUrl: server.baseUrl, apiKey: null })
  await generate()
  expect(calls).toMatchObject([{ ...COUNTED, costMicroUsd: null }])
})
