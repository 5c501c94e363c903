import { failedListSchema, serverInfoSchema, webhookStatsListSchema } from '@ringback/contract'
import { beforeEach, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import type { TestHttp } from '../test-http.ts'

const http = useTestHttp('test')
beforeEach(async () => {
  const body = { enabled: true, url: 'https://receiver.example/', secret: 'correct horse' }
  await http.call('PATCH', '/api/v1/webhooks/default', { body })
})

const timing = (totalMs: number) => ({ dnsMs: 1, connectMs: 1, tlsMs: 1, firstByteMs: 1, totalMs })

/** One attempt of one delivery of its own. */
async function attempt(change: Parameters<TestHttp['attemptDelivery']>[0]) {
  const { json } = await http.call('POST', '/api/v1/content/detect_urls', { body: { content: 'x' } })
  await http.finishJob(json.job_id, { status: 'success', result: '{}' })
  await http.attemptDelivery(change)
}

test('the stats of a webhook are its attempts, successes and times of the last day', async () => {
  for (let totalMs = 10; totalMs <= 100; totalMs += 10) await attempt({ timing: timing(totalMs) })
  await attempt({ cause: 'timeout', timing: timing(10_000) })
  const read = async () => webhookStatsListSchema.parse((await http.call('GET', '/api/v1/stats/webhooks')).json)
  const { data } = await read()
  const { json: webhook } = await http.call('GET', '/api/v1/webhooks/default')
  expect(data).toMatchObject([{ webhook_id: webhook.id, attempts: 11, succeeded: 10, p50_ms: 60, p95_ms: 10_000 }])
  expect(data[0]?.recent).toHaveLength(11)
  http.clock.move(24 * 3_600_000 + 1)
  expect((await read()).data).toEqual([])
})

test('how long the first byte of the first answer took from the end of the job is told of each webhook, with the time it waited', async () => {
  const first = { ...timing(30), firstByteMs: 20 }
  for (const waitedMs of [100, 200, 5_000]) {
    const { json } = await http.call('POST', '/api/v1/content/detect_urls', { body: { content: 'x' } })
    await http.finishJob(json.job_id, { status: 'success', result: '{}' })
    http.clock.move(waitedMs)
    const id = await http.attemptDelivery({ cause: 'status', timing: first })
    await http.call('POST', `/api/v1/deliveries/${id}/resend`)
    http.clock.move(60_000)
    await http.attemptDelivery({ timing: first })
  }
  await attempt({ cause: 'connect', timing: { ...timing(5), firstByteMs: null } })
  const { data } = webhookStatsListSchema.parse((await http.call('GET', '/api/v1/stats/webhooks')).json)
  expect(data).toMatchObject([{ attempts: 7, first_byte_after_p50_ms: 220, first_byte_after_p95_ms: 5_020 }])
})

test('what failed is counted by webhook and cause, the largest first', async () => {
  for (const cause of ['status', 'dns', 'status'] as const) await attempt({ cause })
  const read = async (query: string) =>
    failedListSchema.parse((await http.call('GET', `/api/v1/stats/failed-deliveries${query}`)).json)
  http.clock.move(1)
  expect((await read('')).data).toMatchObject([
    { status: 'failed', cause: 'status', count: 2 },
    { status: 'failed', cause: 'dns', count: 1 },
  ])
  expect((await read('?until=2026-01-01T00:00:00Z')).data).toEqual([])
  const wrong = await http.call(
    'GET',
    '/api/v1/stats/failed-deliveries?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z',
  )
  expect(wrong.json.errors).toEqual([{ field: 'until', message: 'must be later than since' }])
})

test('times before the first row there can be, and of years that nobody lives to see, are times like any other', async () => {
  const list = (query: string) => http.call('GET', `/api/v1/stats/failed-deliveries?${query}`)
  for (const until of ['0000-01-01T00:00:00Z', '1970-01-01T00:00:00Z']) {
    expect((await list(`until=${until}`)).json).toMatchObject({ until: '1970-01-01T00:00:00.000Z', data: [] })
  }
  const { json } = await list('since=0000-01-01T00:00:00%2B14:00&until=9999-12-31T23:59:59-12:00')
  expect(json).toMatchObject({ since: '1970-01-01T00:00:00.000Z', until: '9999-12-31T23:59:59.999Z' })
})

test.each([
  ['https://receiver.example/hook', true, []],
  ['http://receiver.example/', false, [expect.stringContaining('RINGBACK_ALLOW_HTTP_TARGETS')]],
  ['https://127.0.0.1/#x', false, [expect.stringContaining('fragment'), expect.stringContaining('not public')]],
  ['', false, [expect.stringContaining('is not a URL')]],
])('the verdict on %j is that of saving it', async (url, allowed, problems) => {
  const { json, status } = await http.call('POST', '/api/v1/webhooks/check-url', { body: { url } })
  expect([status, json]).toEqual([200, { allowed, problems }])
})

test('the server tells what webhooks are sent with, and its job types', async () => {
  const info = serverInfoSchema.parse((await http.call('GET', '/api/v1/server')).json)
  expect(info).toMatchObject({
    user_agent: 'SharpAPIWebhook/1.0',
    retry_schedule: ['10s', '1m', '10m'],
    timeout: '10s',
  })
  expect(info.job_types).toContainEqual(expect.objectContaining({ type: 'content_detect_urls' }))
})
