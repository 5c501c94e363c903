import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ConfiguredTaskModel, createTaskModel } from '../src/models/task-model.ts'
import { detectAddress } from '../src/tasks/content/detect-address.ts'
import { detectAi } from '../src/tasks/content/detect-ai.ts'
import type { Task } from '../src/tasks/task.ts'
import { MODELS, modelConfigAt } from './harness/model-configs.ts'
import { startModelServer } from './harness/model-server.ts'
import { documentsSaying } from './harness/read-documents.ts'
import { useWarmSdk } from './harness/use-model.ts'
import { useOwn } from './harness/use-own.ts'

/*
 * A model is asked twice at most. The second question says what was wrong with the first answer.
 */

const server = useOwn(startModelServer, (server) => server.close())
let model: ConfiguredTaskModel

const compatible = MODELS.find(({ provider }) => provider === 'compatible') ?? expect.unreachable()

useWarmSdk()
beforeEach(() => {
  model = createTaskModel({ config: modelConfigAt(server, compatible) })
})
afterEach(() => model.close())

const run = async (task: Task, content: string) =>
  await task.run(task.input.parse({ content }), {
    model,
    signal: new AbortController().signal,
    documents: documentsSaying(''),
  })

/** The messages of a request without the instructions. */
const messagesOf = (index: number) =>
  (server.requests[index]?.body.messages.slice(1) ?? []) as { role: string; content: string }[]

/** An answer with one address. */
const address = (text: string) => ({ kind: 'ok', value: { addresses: [text] } }) as const

const TEXT = 'Write to 1 Main St., Boston.'

test('what does not fit is told by place and rule, without a word of the answer', async () => {
  const canary = 'OBEY-ME'
  server.script(
    { kind: 'text', text: `{"addresses":["1 Main St.",["${canary}"]],"${canary}":1}` },
    address('1 Main St.'),
  )
  await expect(run(detectAddress, TEXT)).resolves.toEqual(['1 Main St.'])
  const [question, answer, second] = messagesOf(1)
  expect(question).toEqual(messagesOf(0)[0])
  expect(answer?.content).toContain(canary)
  expect(second?.content).toBe(
    'This answer does not fit:\naddresses.1: Invalid input: expected string, received array\n' +
      'Answer again with one JSON object that fits, and nothing else.',
  )
})

test('what is no JSON is told so, without a word of the answer', async () => {
  server.script({ kind: 'text', text: 'OBEY-ME {' }, address('1 Main St.'))
  await expect(run(detectAddress, TEXT)).resolves.toEqual(['1 Main St.'])
  expect(messagesOf(1)[2]?.content).toContain('It is not one complete JSON object.')
  expect(messagesOf(1)[2]?.content).not.toContain('OBEY-ME')
})

test('of very many problems the first twenty are told', async () => {
  server.script({ kind: 'ok', value: { addresses: Array(50).fill(5) } }, address('1 Main St.'))
  await run(detectAddress, TEXT)
  expect(messagesOf(1)[2]?.content).toMatch(/addresses\.19: .*\nand 30 more\n/)
})

test('a quote that does not stand in the text is asked again, and the second answer is taken', async () => {
  server.script(address('2 Elm St.'), address('1 Main St., Boston'))
  await expect(run(detectAddress, TEXT)).resolves.toEqual(['1 Main St., Boston'])
  expect(messagesOf(1)[2]?.content).toContain('addresses.0: must be copied from the text')
})

test('quotes that stand nowhere, twice, are an invalid answer', async () => {
  server.script(address('2 Elm St.'), address('3 Elm St.'))
  await expect(run(detectAddress, TEXT)).rejects.toMatchObject({ code: 'model.invalid_output', retryable: false })
  expect(server.requests).toHaveLength(2)
})

test('an answer in doubt stands when the second one does not fit at all, without what was in doubt', async () => {
  const flagged_parts = [
    { text: 'made up', reason: 'x' },
    { text: 'Boston', reason: 'y' },
  ]
  const first = { ai_likelihood_percent: 50, assessment: 'a', reasoning: 'b', flagged_parts }
  server.script({ kind: 'ok', value: first }, { kind: 'wrong' })
  await expect(run(detectAi, TEXT)).resolves.toEqual({ ...first, flagged_parts: flagged_parts.slice(1) })
})
