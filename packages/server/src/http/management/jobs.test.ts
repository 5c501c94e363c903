import { jobDetailSchema, jobPageSchema } from '@ringback/contract'
import { beforeAll, describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'

const ERROR = { code: 'model.unavailable', message: 'busy' } as const

const http = useTestHttp()
/** Oldest first, a minute apart. */
const jobIds: string[] = []

beforeAll(async () => {
  const form = { enabled: true, url: 'https://receiver.example/hook', secret: 'chosen secret' }
  await http.call('PATCH', '/api/v1/webhooks/default', { body: form })
  for (const path of ['detect_emails', 'detect_urls', 'detect_emails']) {
    const headers = jobIds.length === 1 ? { 'job-webhook': 'https://user:pass@job.example/hook?a=1' } : {}
    const { json } = await http.call('POST', `/api/v1/content/${path}`, { body: { content: 'x' }, headers })
    jobIds.push(json.job_id)
    http.clock.move(60_000)
  }
  const [first = '', second = ''] = jobIds
  await http.finishJob(first, { status: 'success', result: '{"1":[1.5],"text":"naïve"}' })
  await http.finishJob(second, { status: 'failed', error: ERROR })
})

async function list(query = '') {
  const answer = await http.call('GET', `/api/v1/jobs${query}`)
  expect(answer.status).toBe(200)
  const page = jobPageSchema.parse(answer.json)
  return { ...page, jobs: page.data.map(({ id }) => jobIds.indexOf(id)) }
}

describe('GET /api/v1/jobs', () => {
  test('lists newest first, without inputs and results', async () => {
    const { jobs, data, next_cursor } = await list()
    expect(jobs).toEqual([2, 1, 0])
    expect(next_cursor).toBeNull()
    expect(data[1]).toEqual({
      id: jobIds[1],
      type: 'content_detect_urls',
      status: 'failed',
      error: ERROR,
      attempts: 1,
      job_webhook: expect.stringContaining('job.example/hook'),
      created_at: '2026-01-31T08:51:11.188Z',
      started_at: '2026-01-31T08:53:11.188Z',
      finished_at: '2026-01-31T08:53:11.188Z',
    })
    expect(data[1]?.job_webhook).not.toContain('pass')
  })

  test('pages hold all rows once, and the last one has no cursor', async () => {
    const first = await list('?limit=2')
    const second = await list(`?limit=2&cursor=${first.next_cursor}`)
    expect([first.jobs, second.jobs]).toEqual([[2, 1], [0]])
    expect(second.next_cursor).toBeNull()
  })

  test.each([
    ['?status=success', [0]],
    ['?status=pending', [2]],
    ['?type=content_detect_emails', [2, 0]],
    ['?since=2026-01-31T08:51:11.188Z', [2, 1]],
    ['?until=2026-01-31T08:51:11.188Z', [0]],
    ['?since=2026-01-31T09:51:11.188%2B01:00&until=2026-01-31T08:52:11Z', [1]],
    ['?status=failed&type=content_detect_urls&since=2026-01-31T08:51:00Z', [1]],
    ['?status=failed&type=content_detect_emails', []],
    ['?type=no_such_type', []],
  ])('filters: %s', async (query, expected) => {
    expect((await list(query)).jobs).toEqual(expected)
  })

  test.each([
    ['?status=done', 'status'],
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?cursor=x', 'cursor'],
    ['?since=yesterday', 'since'],
    ['?since=2026-01-31T08:51:11Z&until=2026-01-31T08:51:11Z', 'until'],
    ['?state=failed', 'state'],
    ['?model=gpt-5-mini', 'model'],
    ['?model=openai/', 'model'],
    ['?model=/gpt-5-mini', 'model'],
  ])('%s is a problem that names the field', async (query, field) => {
    const answer = await http.call('GET', `/api/v1/jobs${query}`)
    expect(answer.status).toBe(422)
    expect(answer.headers['content-type']).toContain('problem+json')
    expect(answer.json.errors).toMatchObject([{ field }])
  })

  test('shows nothing of another account', async () => {
    const { key } = await http.addAccount('stranger of the list')
    const answer = await http.call('GET', '/api/v1/jobs', { headers: { authorization: `Bearer ${key}` } })
    expect(answer.json).toEqual({ data: [], next_cursor: null })
  })

  test('needs a key', async () => {
    const answer = await http.call('GET', '/api/v1/jobs', { headers: { authorization: undefined } })
    expect(answer.status).toBe(401)
    expect(answer.headers['content-type']).toContain('problem+json')
  })
})

describe('GET /api/v1/jobs/<id>', () => {
  const get = (id: string, headers = {}) => http.call('GET', `/api/v1/jobs/${id}`, { headers })

  test('shows input and result exactly, and what was told of it', async () => {
    const answer = await get(jobIds[0] ?? '')
    expect(answer.status).toBe(200)
    const job = jobDetailSchema.parse(answer.json)
    expect(answer.text).toContain('"result":{"1":[1.5],"text":"naïve"}')
    const { data } = (await http.call('GET', `/api/v1/deliveries?job_id=${job.id}`)).json
    expect(job).toMatchObject({
      status: 'success',
      error: null,
      attempts: 1,
      job_webhook: null,
      input: { content: 'x' },
      deliveries: [{ id: data[0].id, status: 'waiting', webhook_id: data[0].webhook_id }],
    })
    expect(job.deliveries).toHaveLength(1)
  })

  test('shows a job that failed, with its job webhook', async () => {
    const { json } = await get(jobIds[1] ?? '')
    expect(json).toMatchObject({ status: 'failed', result: null, error: ERROR, deliveries: [{ webhook_id: null }] })
    expect(json).toMatchObject({ waiting: null, usage: null, runs: [], cancel_requested_at: null })
  })

  test('tells what a job waits for, what its runs used, and that somebody wants it cancelled', async () => {
    const body = { content: 'x', language: 'German' }
    const { json: dispatched } = await http.call('POST', '/api/v1/content/translate', { body })
    const { json: waiting } = await get(dispatched.job_id)
    expect(waiting).toMatchObject({ status: 'new', waiting: { waiting_reason: 'turn', due_at: waiting.created_at } })
    await http.startJobs()
    await http.call('POST', `/api/v1/jobs/${dispatched.job_id}/cancel`)
    const { json: running } = await get(dispatched.job_id)
    expect(running).toMatchObject({ status: 'pending', waiting: null, cancel_requested_at: '2026-01-31T08:53:11.188Z' })
  })

  test('an unknown job, another account’s job and what is no id get the same answer', async () => {
    const { key } = await http.addAccount('stranger of a job')
    const headers = { 'x-request-id': 'same' }
    const answers = [
      await get(newId(), headers),
      await get('no-id', headers),
      await get(jobIds[0] ?? '', { ...headers, authorization: `Bearer ${key}` }),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(404)
      expect(answer.json.code).toBe('job.not_found')
      expect(answer.text).toBe(answers[0]?.text)
    }
  })
})
