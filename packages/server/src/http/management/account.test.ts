import { accountSchema } from '@ringback/contract'
import { beforeAll, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'

const http = useTestHttp()
beforeAll(async () => {
  const body = { enabled: true, url: 'https://receiver.example/', secret: 'chosen secret' }
  await http.call('PATCH', '/api/v1/webhooks/default', { body })
})

/** How many deliveries tell of a job that brings a job webhook. */
async function deliveriesOfJobWebhook() {
  const headers = { 'Job-Webhook': 'https://elsewhere.example/' }
  const { json } = await http.call('POST', '/api/v1/content/detect_urls', { headers, body: { content: 'x' } })
  await http.finishJob(json.job_id, { status: 'success', result: '[]' })
  const rows = await http.store.listDeliveries({ accountId: http.accountId, jobId: json.job_id, limit: 10 })
  return rows.map(({ url }) => url).toSorted()
}

test('shows the account of the key', async () => {
  const answer = await http.call('GET', '/api/v1/account')
  expect(accountSchema.strict().parse(answer.json)).toEqual({
    id: http.accountId,
    name: 'default',
    job_webhook: 'instead',
    created_at: '2026-01-31T08:50:11.188Z',
  })
})

test('a job webhook is told instead of the webhooks, or also, from the next job that ends', async () => {
  expect(await deliveriesOfJobWebhook()).toEqual(['https://elsewhere.example/'])
  const changed = await http.call('PATCH', '/api/v1/account', { body: { job_webhook: 'also' } })
  expect(changed.json.job_webhook).toBe('also')
  expect(await deliveriesOfJobWebhook()).toEqual(['https://elsewhere.example/', 'https://receiver.example/'])
  expect((await http.call('PATCH', '/api/v1/account', { body: {} })).json).toEqual(changed.json)
})

test.each([{ job_webhook: 'never' }, { name: 'mine' }])('%j is a 422 that names the field', async (body) => {
  const answer = await http.call('PATCH', '/api/v1/account', { body })
  expect(answer.status).toBe(422)
  expect(answer.headers['content-type']).toContain('problem+json')
  expect(answer.json.errors[0].field).toBe(Object.keys(body)[0])
})
