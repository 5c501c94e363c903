import { deliveryDetailSchema, deliveryPageSchema } from '@ringback/contract'
import { beforeAll, describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'

const WEBHOOK_URL = 'https://receiver.example/hook'

const http = useTestHttp()
/** Oldest first; each has a delivery to `default`. */
const jobIds: string[] = []

beforeAll(async () => {
  const form = { enabled: true, url: WEBHOOK_URL, secret: 'chosen secret' }
  await http.call('PATCH', '/api/v1/webhooks/default', { body: form })
  for (const path of ['detect_emails', 'detect_urls', 'detect_emails']) {
    const { json } = await http.call('POST', `/api/v1/content/${path}`, { body: { content: 'x' } })
    await http.finishJob(json.job_id, { status: 'success', result: '[]' })
    jobIds.push(json.job_id)
  }
  await http.attemptDelivery({ cause: 'status', message: 'The receiver answered 503.', responseStatus: 503 })
})

async function list(query = '') {
  const answer = await http.call('GET', `/api/v1/deliveries${query}`)
  expect(answer.status).toBe(200)
  const page = deliveryPageSchema.parse(answer.json)
  return { ...page, jobs: page.data.map((row) => jobIds.indexOf(row.job_id ?? '')) }
}

describe('GET /api/v1/deliveries', () => {
  test('lists newest first, without bodies', async () => {
    const { jobs, data, next_cursor } = await list()
    expect(jobs).toEqual([2, 1, 0])
    expect(next_cursor).toBeNull()
    expect(data[2]).toMatchObject({
      status: 'failed',
      trigger: 'job',
      job_type: 'content_detect_emails',
      job_status: 'success',
      url: WEBHOOK_URL,
      attempt_count: 1,
      last_cause: 'status',
      created_at: '2026-01-31T08:50:11.188Z',
      delivered_at: null,
    })
    expect(data[0]).not.toHaveProperty('body')
  })

  test('pages hold all rows once, and the last one has no cursor', async () => {
    const first = await list('?limit=2')
    const second = await list(`?limit=2&cursor=${first.next_cursor}`)
    expect([first.jobs, second.jobs]).toEqual([[2, 1], [0]])
    expect(second.next_cursor).toBeNull()
    expect((await list('?limit=3')).next_cursor).toBeNull()
  })

  test('oldest first when asked for, and back from any row by its id', async () => {
    const first = await list('?order=oldest&limit=2')
    const second = await list(`?order=oldest&limit=2&cursor=${first.next_cursor}`)
    expect([first.jobs, second.jobs, second.next_cursor]).toEqual([[0, 1], [2], null])
    const back = await list(`?order=newest&cursor=${second.data[0]?.id}`)
    expect([back.jobs, back.next_cursor]).toEqual([[1, 0], null])
    expect((await list(`?order=oldest&cursor=${back.data[1]?.id}&status=waiting`)).jobs).toEqual([1, 2])
  })

  test('filters by status, webhook (id or name), job and type, alone and together', async () => {
    const { json: webhook } = await http.call('GET', '/api/v1/webhooks/default')
    expect((await list('?status=failed')).jobs).toEqual([0])
    expect((await list('?status=waiting')).jobs).toEqual([2, 1])
    expect((await list('?webhook=default')).jobs).toEqual([2, 1, 0])
    expect((await list(`?webhook=${webhook.id}`)).jobs).toEqual([2, 1, 0])
    expect((await list(`?job_id=${jobIds[1]}`)).jobs).toEqual([1])
    expect((await list(`?job_id=${newId()}`)).jobs).toEqual([])
    expect((await list('?type=content_detect_emails')).jobs).toEqual([2, 0])
    expect((await list('?type=content_detect_emails&status=waiting&limit=1')).jobs).toEqual([2])
  })

  test('filters by cause, trigger and time of creation, alone and together with others', async () => {
    const at = '2026-01-31T08:50:11.188Z'
    const later = '2026-01-31T09:50:11.189%2B01:00'
    expect((await list('?cause=status')).jobs).toEqual([0])
    expect((await list('?cause=timeout')).jobs).toEqual([])
    expect((await list('?trigger=job')).jobs).toEqual([2, 1, 0])
    expect((await list('?trigger=event')).jobs).toEqual([])
    expect((await list(`?since=${at}`)).jobs).toEqual([2, 1, 0])
    expect((await list(`?since=${later}`)).jobs).toEqual([])
    expect((await list(`?until=${at}`)).jobs).toEqual([])
    expect((await list(`?since=${at}&until=${later}`)).jobs).toEqual([2, 1, 0])
    const all = `?status=failed&cause=status&trigger=job&type=content_detect_emails&since=${at}&until=${later}`
    expect((await list(`${all}&webhook=default&job_id=${jobIds[0]}`)).jobs).toEqual([0])
    expect((await list(`${all}&job_id=${jobIds[1]}`)).jobs).toEqual([])
  })

  test('the deliveries of a removed webhook are found by its id', async () => {
    const { json } = await http.call('POST', '/api/v1/webhooks', { body: { url: 'https://short-lived.example/' } })
    const job = await http.call('POST', '/api/v1/content/detect_urls', { body: { content: 'x' } })
    await http.finishJob(job.json.job_id, { status: 'success', result: '[]' })
    jobIds.push(job.json.job_id)
    expect((await http.call('DELETE', `/api/v1/webhooks/${json.id}`)).status).toBe(204)
    const { data } = await list(`?webhook=${json.id}`)
    expect(data).toMatchObject([{ webhook_id: json.id, status: 'discarded', job_id: job.json.job_id }])
    expect((await list('?webhook=default&limit=1')).jobs).toEqual([3])
    await http.call('POST', `/api/v1/deliveries/${(await list('?webhook=default&limit=1')).data[0]?.id}/discard`)
  })

  test.each([
    ['?status=lost', 'status'],
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?limit=5&limit=6', 'limit'],
    ['?cursor=nonsense', 'cursor'],
    ['?order=random', 'order'],
    ['?cause=weather', 'cause'],
    ['?trigger=whim', 'trigger'],
    ['?since=yesterday', 'since'],
    ['?since=2026-02-30T00:00:00Z', 'since'],
    ['?until=2026-01-31T08:50:11', 'until'],
    ['?since=2026-01-31T08:50:11Z&until=2026-01-31T08:50:11Z', 'until'],
    ['?webook=default', 'webook'],
  ])('%s is a 422 that names the parameter, not a list of everything', async (query, field) => {
    const answer = await http.call('GET', `/api/v1/deliveries${query}`)
    expect(answer.status).toBe(422)
    expect(answer.json.errors).toEqual([{ field, message: expect.any(String) }])
  })

  test('a webhook that the account does not have is a 404', async () => {
    const answer = await http.call('GET', '/api/v1/deliveries?webhook=unheard-of')
    expect(answer.json).toMatchObject({ status: 404, code: 'webhook.not_found' })
  })

  test('another account sees none of them', async () => {
    const { key } = await http.addAccount('stranger')
    const answer = await http.call('GET', '/api/v1/deliveries', { headers: { authorization: `Bearer ${key}` } })
    expect(answer.json).toEqual({ data: [], next_cursor: null })
  })
})

describe('GET /api/v1/deliveries/<id>', () => {
  test('shows the exact body, and of each attempt the request, the answer, the timing and the cause', async () => {
    const id = (await list('?status=failed')).data[0]?.id
    const answer = await http.call('GET', `/api/v1/deliveries/${id}`)
    expect(answer.status).toBe(200)
    const delivery = deliveryDetailSchema.parse(answer.json)
    expect(delivery.body).toBe(JSON.stringify({ id: jobIds[0], status: 'success' }))
    expect(delivery.attempts).toEqual([
      {
        number: 1,
        resend: false,
        started_at: '2026-01-31T08:50:11.188Z',
        cause: 'status',
        message: 'The receiver answered 503.',
        request: { method: 'POST', url: WEBHOOK_URL, headers: [['webhook-id', id]] },
        response: { status: 503, headers: [['content-type', 'text/plain']], body: 'thanks', truncated: false },
        remote_address: '93.184.215.14:443',
        timing: { dns_ms: 1, connect_ms: 2, tls_ms: 3, first_byte_ms: 20.5, total_ms: 34.4 },
      },
    ])
  })

  test('an unknown one, another account’s and what is no id get the same 404 but for the request id', async () => {
    const id = (await list()).data[0]?.id
    const { key } = await http.addAccount('another stranger')
    const headers = { authorization: `Bearer ${key}`, 'x-request-id': 'same' }
    const ids = [id, newId(), 'nonsense', 'default']
    const answers = await Promise.all(ids.map((each) => http.call('GET', `/api/v1/deliveries/${each}`, { headers })))
    for (const answer of answers) {
      expect(answer.status).toBe(404)
      expect(answer.text).toBe(answers[0]?.text)
      expect(answer.json.code).toBe('delivery.not_found')
    }
  })
})
