import { createServer } from 'node:http'
import { beforeAll, describe, expect, test } from 'vitest'
import { createReceiver, type WebhookEvent } from '../../receiver/src/index.ts'
import { nodeHandler } from '../../receiver/src/node.ts'
import { createTaskRegistry, TASKS } from '../../server/src/tasks/registry.ts'
import { startModelServer } from '../../server/test/harness/model-server.ts'
import { createSqliteDatabase } from '../../server/test/harness/ringback.ts'
import { useOwn } from '../../server/test/harness/use-own.ts'
import { useRingback } from '../../server/test/harness/use-ringback.ts'
import { CATALOGUE } from '../src/generated/catalogue.ts'
import { type ClientOptions, createJobWaiter, type JobHandle, RingbackClient } from '../src/index.ts'

// A whole Ringback on a socket, with a model provider and a receiver that are servers, too.

const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

const model = useOwn(startModelServer, (server) => server.close(), 'suite')
const ringback = useRingback(
  createSqliteDatabase,
  () => ({ env: { RINGBACK_MODEL: 'compatible/local', RINGBACK_MODEL_BASE_URL: model.baseUrl } }),
  'suite',
)

let client: RingbackClient
beforeAll(() => {
  client = clientOf()
})

function clientOf(change: Partial<ClientOptions> = {}) {
  return new RingbackClient({ baseUrl: ringback.app.origin, apiKey: ringback.key, ...change })
}

/** Enough for every job type, with the parts that the made-up answers of the model quote. */
const INPUT = {
  content: 'Write to anna@example.com: a addresses, a value, a profanities, a text',
  language: 'German',
  name: 'Welder',
}
const RESUME = {
  name: 'cv.pdf',
  data: minimalPdf('Anna Smith, anna@example.com, welder since 1999'),
  type: 'application/pdf',
}

test.each(CATALOGUE)('$path gives what the schema of $type says', async (entry) => {
  type Method = (input: object, options: object) => Promise<JobHandle<string, unknown>>
  const method = (client[entry.group] as unknown as Record<string, Method>)[entry.method] as Method
  const job = await method({ ...INPUT, ...(entry.files && { file: RESUME }) }, { waitSeconds: 20 })
  expect(job.type).toBe(entry.type)
  const result = await client.wait(job)
  const task = createTaskRegistry().byType(entry.type)
  expect(task?.result.safeParse(result).error).toBeUndefined()
})

test('every task of the server has a method', () => {
  expect(CATALOGUE.map(({ type, path }) => [type, path])).toEqual(TASKS.map(({ type, path }) => [type, path]))
  expect(CATALOGUE).toHaveLength(27)
})

describe('a job', () => {
  test('that takes its time is polled to its end', async () => {
    model.script({ kind: 'ok', value: { content: 'Hallo', from_language: 'English', to_language: 'German' } })
    const result = await client.wait(client.content.translate({ content: 'Hello', language: 'German' }))
    expect(result.content).toBe('Hallo')
  })

  test('can be found again with what was kept of it as JSON', async () => {
    const kept = JSON.stringify(await client.content.detectEmails(INPUT))
    const { jobId } = JSON.parse(kept)
    expect(await client.wait(JSON.parse(kept))).toEqual(['anna@example.com'])
    expect(await client.wait({ jobId, type: 'content_detect_emails' })).toEqual(['anna@example.com'])
    expect(await client.wait({ jobId, type: 'custom_anything' })).toEqual(['anna@example.com'])
  })

  test('that failed is RingbackJobFailedError, with the code and message of the server', async () => {
    model.script({ kind: 'status', status: 401 })
    const job = await client.content.proofread({ content: 'x' }, { waitSeconds: 20 })
    expect(job.ended).toMatchObject({ status: 'failed', error: { code: 'model.rejected' } })
    await expect(client.wait(job)).rejects.toMatchObject({
      name: 'RingbackJobFailedError',
      jobId: job.jobId,
      jobType: 'content_proofread',
      code: 'model.rejected',
    })
  })

  test('is listed, shown and cancelled', async () => {
    model.script({ kind: 'hang' })
    const asked = model.requests.length
    const { jobId } = await client.content.proofread({ content: 'cancel me' })
    await model.requested(asked + 1)
    expect(await client.jobs.cancel(jobId)).toMatchObject({ id: jobId, status: 'pending' })
    await expect(client.wait({ jobId, type: 'content_proofread' })).rejects.toMatchObject({ code: 'job.cancelled' })
    expect(await client.jobs.get(jobId)).toMatchObject({ status: 'failed', input: { content: 'cancel me' } })
    const since = new Date(Date.parse((await client.jobs.get(jobId)).created_at))
    const page = await client.jobs.list({ status: 'failed', type: 'content_proofread', since, limit: 1 })
    expect(page.data.map(({ id }) => id)).toEqual([jobId])
    expect((await client.jobs.list({ model: 'openai/never-asked' })).data).toEqual([])
    await expect(client.jobs.cancel(jobId)).rejects.toMatchObject({ status: 409, code: 'job.ended' })
  })
})

test('what the server refuses names the fields, in both forms of its errors', async () => {
  await expect(client.content.translate({ content: 'x', language: '!' })).rejects.toMatchObject({
    name: 'RingbackRequestError',
    status: 422,
    code: 'request.invalid',
    fields: { language: [expect.stringContaining('must be the name of a language')] },
    requestId: expect.any(String),
  })
  await expect(client.jobs.list({ limit: 1_000 })).rejects.toMatchObject({
    name: 'RingbackRequestError',
    fields: { limit: [expect.any(String)] },
  })
  await expect(clientOf({ apiKey: 'wrong' }).quota()).rejects.toMatchObject({ name: 'RingbackAuthError', status: 401 })
  await expect(clientOf({ baseUrl: `${ringback.app.origin}/elsewhere` }).quota()).rejects.toMatchObject({ status: 404 })
})

test('ping and quota', async () => {
  expect(await client.ping()).toEqual({ ping: 'pong', timestamp: expect.any(String) })
  expect(await client.quota()).toMatchObject({ on_trial: false, requests_per_minute: expect.any(Number) })
})

describe('custom workflows', () => {
  beforeAll(async () => {
    const workflow = {
      name: 'Review',
      instructions: 'Judge it.',
      output_schema: { sentiment: 'string' },
    }
    const text = { key: 'review', type: 'json_string', required: true }
    const json = { ...workflow, slug: 'judge-review', parameters: [text] }
    expect((await ringback.call('POST', '/api/v1/workflows', json)).status).toBe(201)
    const parts = [
      { key: 'letter', type: 'form_data_file', required: true },
      { key: 'tags', type: 'form_data_text' },
    ]
    const form = { ...workflow, slug: 'read-letter', input_mode: 'multipart/form-data', parameters: parts }
    expect((await ringback.call('POST', '/api/v1/workflows', form)).status).toBe(201)
  })

  test('are called with JSON, or with a form when there is a file', async () => {
    const job = await client.custom<{ sentiment: string }>('judge-review', { review: 'good' })
    expect(job.type).toBe('custom_judge_review')
    expect((await client.wait(job)).sentiment).toBe('a sentiment')
    const letter = new File(['Dear Anna'], 'letter.txt')
    const read = await client.custom('read-letter', { letter, tags: ['a', 'b'], nothing: null })
    expect(await client.wait(read)).toEqual({ sentiment: 'a sentiment' })
    expect((await client.jobs.get(read.jobId)).input).toMatchObject({ parameters: { tags: '["a","b"]' } })
    await expect(client.custom('judge-review', {})).rejects.toMatchObject({ fields: { review: [expect.any(String)] } })
  })

  test('are listed and described', async () => {
    const { data, meta } = await client.custom.list({ perPage: 1 })
    expect(data).toHaveLength(1)
    expect(meta.pagination).toEqual({ total: 2, per_page: 1, current_page: 1, total_pages: 2 })
    expect(await client.custom.describe('judge-review')).toMatchObject({ output_schema: { sentiment: 'string' } })
    await expect(client.custom.describe('nothing')).rejects.toMatchObject({ code: 'workflow.not_found' })
  })
})

describe('waiting by webhook', () => {
  async function receive(includeResult: boolean) {
    const events: WebhookEvent[] = []
    const polls: string[] = []
    const watched = clientOf({
      fetch: (input, init) => {
        if (init?.method === 'GET') polls.push(String(input))
        return fetch(input, init)
      },
    })
    const waiter = createJobWaiter({ client: watched })
    const receiver = createReceiver({
      secret: SECRET,
      now: () => ringback.clock.now(),
      onEvent(event) {
        events.push(event)
        waiter.resolve(event)
      },
    })
    const server = createServer(nodeHandler(receiver)).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const form = { enabled: true, url: `http://127.0.0.1:${port}/hook`, secret: SECRET, include_result: includeResult }
    expect((await ringback.call('PATCH', '/api/v1/webhooks/default', form)).status).toBe(200)
    const close = () => new Promise((resolve) => server.close(resolve))
    return { waiter, polls, watched, events, jobWebhook: `http://127.0.0.1:${port}/job`, close }
  }

  test('the result comes with the webhook, and nothing is polled', async () => {
    const { waiter, polls, watched, jobWebhook, close } = await receive(true)
    model.script({ kind: 'ok', value: { content: 'Hallo', from_language: 'English', to_language: 'German' } })
    const result = await waiter.wait(
      watched.content.translate({ content: 'Hello', language: 'German' }, { jobWebhook }),
    )
    expect(result.to_language).toBe('German')
    expect(polls.length).toBeLessThanOrEqual(1)
    await close()
  })

  test('a webhook without the result has it fetched, and a failed job is told as one', async () => {
    const { waiter, polls, watched, close } = await receive(false)
    expect(await waiter.wait(watched.content.detectEmails(INPUT))).toEqual(['anna@example.com'])
    expect(polls).toHaveLength(1)
    model.script({ kind: 'status', status: 401 })
    await expect(waiter.wait(watched.content.proofread({ content: 'x' }))).rejects.toMatchObject({
      name: 'RingbackJobFailedError',
      code: 'model.rejected',
    })
    await close()
  })
})

/** The smallest PDF with a text that readers take. */
function minimalPdf(text: string): string {
  const stream = `BT /F1 12 Tf 20 700 Td (${text}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  return `%PDF-1.4\n${objects.map((body, index) => `${index + 1} 0 obj\n${body}\nendobj\n`).join('')}trailer << /Root 1 0 R >>\n%%EOF`
}
