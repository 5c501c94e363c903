import { once } from 'node:events'
import { BroadcastChannel, type Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createTaskRegistry } from './registry.ts'
import { createTaskRunner, INLINE_INPUT_LENGTH_MAX, type TaskPlace, type TaskRunner } from './run-task.ts'
import { defineTask, type Task, TaskError, type TaskModel } from './task.ts'

const model: TaskModel = { generate: () => Promise.reject(new TaskError('model.not_configured', 'no model here')) }

let places: TaskPlace[]
let threads: Worker[]
let runner: TaskRunner

const open = (options: Partial<Parameters<typeof createTaskRunner>[0]> = {}) =>
  createTaskRunner({
    registry: createTaskRegistry(),
    model,
    onRun: ({ place }) => void places.push(place),
    ...options,
  })

const runText = (type: string, input: string, signal = new AbortController().signal, accountId = 'account-1') =>
  runner.run({ id: 'job-1', accountId, type, input }, { signal })
const run = (type: string, input: unknown, signal?: AbortSignal) => runText(type, JSON.stringify(input), signal)

const noteThread = (thread: Worker) => void threads.push(thread)

beforeEach(() => {
  places = []
  threads = []
  process.on('worker', noteThread)
  runner = open()
})

afterEach(async () => {
  process.off('worker', noteThread)
  await runner.close()
})

describe('short input', () => {
  test('runs on the event loop without a thread', async () => {
    await expect(run('content_detect_emails', { content: 'a@b.com' })).resolves.toEqual(['a@b.com'])
    expect(places).toEqual(['inline'])
    expect(threads).toEqual([])
  })

  test('a model task never goes to a thread, however long', async () => {
    const input = { content: 'x'.repeat(10_000), language: 'German' }
    await expect(run('content_translate', input)).rejects.toMatchObject({ code: 'model.not_configured' })
    expect(places).toEqual(['model'])
  })
})

describe('a task in code', () => {
  const task = (usesModel: boolean): Task => ({
    type: 'text_title',
    path: '/text/title',
    summary: '',
    kind: 'code',
    usesModel,
    input: z.object({}),
    result: z.null(),
    run: (_input, { model: given, signal }) =>
      given.generate({ schema: z.null(), schemaName: 'x', instructions: 'x', content: 'x', signal }),
  })

  test('gets the model when it says that it uses it', async () => {
    runner = open({ registry: createTaskRegistry([task(true)]) })
    await expect(run('text_title', {})).rejects.toMatchObject({ code: 'model.not_configured' })
    expect(places).toEqual(['model'])
  })

  test('gets none when it does not, and the error says what to do', async () => {
    runner = open({ registry: createTaskRegistry([task(false)]) })
    await expect(run('text_title', {})).rejects.toThrow('set "usesModel: true" in its defineTask')
    expect(places).toEqual(['inline'])
  })
})

describe('long input', () => {
  const filler = 'x '.repeat(INLINE_INPUT_LENGTH_MAX)

  test('runs in a thread and gives the same result', async () => {
    const content = `${filler} a@b.com +48 600 100 200 https://example.com/`
    await expect(run('content_detect_emails', { content })).resolves.toEqual(['a@b.com'])
    await expect(run('content_detect_phones', { content })).resolves.toEqual([
      { detected_number: '+48 600 100 200', parsed_number: '+48600100200' },
    ])
    await expect(run('content_detect_urls', { content })).resolves.toEqual([
      { url: 'https://example.com/', protocol: 'https' },
    ])
    expect(places).toEqual(['thread', 'thread', 'thread'])
    expect(threads.length).toBeGreaterThan(0)
  })

  test.each([
    ['content_detect_emails', 'a@a@a@', 500_000],
    ['content_detect_emails', 'a@a.', 500_000],
    ['content_detect_urls', 'http://', 500_000],
    ['content_detect_urls', '[(', 500_000],
    ['content_detect_phones', '1', 500_000],
    ['content_detect_phones', '(', 500_000],
    // The slowest text found: 6 µs a character.
    ['content_detect_phones', '+48 6', 100_000],
  ])('%s of a repeated %j ends, away from the event loop', async (type, piece, length) => {
    const content = piece.repeat(length / piece.length + 1).slice(0, length)
    await expect(run(type, { content })).resolves.toBeInstanceOf(Array)
    expect(places).toEqual(['thread'])
    expect(threads).toHaveLength(1)
  })

  test('errors for the owner come back from a thread as what they are', async () => {
    await expect(run('content_detect_emails', { content: 5, filler })).rejects.toMatchObject({
      name: 'TaskError',
      code: 'job.task_failed',
    })
    expect(places).toEqual(['thread'])
  })

  test('a thread without work ends', async () => {
    runner = open({ idleTimeoutMs: 1 })
    await run('content_detect_emails', { content: filler })
    const [thread] = threads
    expect(thread).toBeDefined()
    if (thread && thread.threadId !== -1) await once(thread, 'exit')
    expect(thread?.threadId).toBe(-1)
  })

  test('an abort ends the thread in the middle of its work and throws the reason', async () => {
    runner = open({ workerFile: new URL('../../test/fixtures/stuck-worker.ts', import.meta.url) })
    const abort = new AbortController()
    const reason = new Error('cancelled by its owner')
    const stuck = startStuckJob(abort.signal)
    await stuck.running
    abort.abort(reason)
    await expect(stuck.end).rejects.toBe(reason)
    expect(await Promise.all(threads.map(ended))).toEqual([-1])
  })

  test('closing ends threads in the middle of their work', async () => {
    runner = open({ workerFile: new URL('../../test/fixtures/stuck-worker.ts', import.meta.url) })
    const stuck = startStuckJob(new AbortController().signal)
    const end = expect(stuck.end).rejects.toThrow()
    await stuck.running
    await runner.close()
    await end
  })

  test('an account that keeps every thread busy holds up another by one job, not by all of its own', async () => {
    runner = open({ workerFile: new URL('../../test/fixtures/stuck-worker.ts', import.meta.url), threadsMax: 1 })
    const aborts = [1, 2, 3].map(() => new AbortController())
    const [first, second, third] = aborts.map(({ signal }) => startStuckJob(signal))
    const refused = [first, second, third].map((job) => expect(job?.end).rejects.toThrow())
    await first?.running
    const abort = new AbortController()
    const other = startStuckJob(abort.signal, 'account-2')
    refused.push(expect(other.end).rejects.toThrow())
    aborts[0]?.abort(new Error('cancelled'))
    await second?.running
    aborts[1]?.abort(new Error('cancelled'))
    await other.running
    abort.abort(new Error('cancelled'))
    await third?.running
    aborts[2]?.abort(new Error('cancelled'))
    await Promise.all(refused)
  })

  let channelNumber = 0
  function startStuckJob(
    signal: AbortSignal,
    accountId?: string,
  ): { running: Promise<unknown>; end: Promise<unknown> } {
    const name = `stuck-${++channelNumber}`.padEnd(INLINE_INPUT_LENGTH_MAX + 1)
    const channel = new BroadcastChannel(name)
    const running = new Promise<void>((resolve) => {
      channel.onmessage = () => {
        channel.close()
        resolve()
      }
    })
    return { running, end: runText('content_detect_emails', name, signal, accountId) }
  }

  async function ended(thread: Worker): Promise<number> {
    if (thread.threadId !== -1) await once(thread, 'exit')
    return thread.threadId
  }
})

describe('what cannot run', () => {
  test('a type that this server does not know', async () => {
    await expect(run('content_nothing', {})).rejects.toMatchObject({ code: 'job.unknown_type', retryable: false })
  })

  test('a stored input that does not fit any more, with the field', async () => {
    await expect(run('content_detect_emails', { text: 'a' })).rejects.toMatchObject({
      code: 'job.task_failed',
      message: expect.stringContaining('content'),
    })
  })

  test('a job that was aborted before', async () => {
    const reason = new Error('too late')
    await expect(run('content_detect_emails', { content: 'a' }, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(places).toEqual([])
  })

  test('a result that is not what the task promises', async () => {
    const wrong: Task = defineTask({
      type: 'content_wrong',
      path: '/content/wrong',
      summary: '',
      kind: 'offline',
      input: z.object({}),
      result: z.string(),
      run: () => 5 as never,
    })
    runner = open({ registry: createTaskRegistry([wrong]) })
    await expect(run('content_wrong', {})).rejects.toMatchObject({ code: 'job.result_invalid' })
  })
})

test('warming up runs every offline task once and asks no model', async () => {
  await expect(runner.warmUp()).resolves.toBeUndefined()
  expect(places).toEqual([])
})
