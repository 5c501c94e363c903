import type { AddressInfo } from 'node:net'
import { INBOX_URL } from '@ringback/contract'
import { request } from 'undici'
import { beforeAll, describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'

const URL = '/api/v1/content/detect_emails'
const body = { content: 'hello' }

const http = useTestHttp()
beforeAll(async () => {
  await http.call('PATCH', '/api/v1/webhooks/default', { body: { secret: 'a secret of mine' } })
})

const dispatch = (jobWebhook: string) => http.call('POST', URL, { body, headers: { 'job-webhook': jobWebhook } })

describe('the Job-Webhook header', () => {
  test('is kept with the job, though the webhooks of the account are off', async () => {
    const answer = await dispatch('https://receiver.example/hook?a=1,2')
    expect(answer.status).toBe(202)
    const row = await http.store.findJob(http.accountId, answer.json.job_id)
    expect(row?.jobWebhookUrl).toBe('https://receiver.example/hook?a=1,2')
  })

  test.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
  ])('"%s" is a 422: somebody would wait for a webhook that never comes', async (value, reason) => {
    const answer = await dispatch(value)
    expect(answer.status).toBe(422)
    expect(answer.json.errors['header Job-Webhook'][0]).toContain(reason)
  })

  test('takes the inbox, also from an account whose webhooks have no secret', async () => {
    const { key } = await http.addAccount('fresh')
    const headers = { authorization: `Bearer ${key}`, 'job-webhook': INBOX_URL }
    const answer = await http.call('POST', URL, { body, headers })
    expect(answer.status).toBe(202)
    const job = await http.call('GET', `/api/v1/jobs/${answer.json.job_id}`, { headers })
    expect(job.json.job_webhook).toBe(INBOX_URL)
  })

  test.each([`${INBOX_URL}/`, `${INBOX_URL}?account=other`, 'RINGBACK://INBOX', 'ringback://other', 'ringback:inbox'])(
    'takes nothing that only looks like the inbox: %s',
    async (value) => {
      const answer = await dispatch(value)
      expect(answer.json.code).toBe('webhook.url_not_allowed')
    },
  )

  test('sent twice is a 422', async () => {
    // Over a real socket: only there a header can be sent twice.
    await http.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = http.app.server.address() as AddressInfo
    const response = await request(`http://127.0.0.1:${port}${URL}`, {
      method: 'POST',
      headers: [
        ...['Authorization', `Bearer ${http.key}`],
        ...['Content-Type', 'application/json'],
        ...['Job-Webhook', 'https://a.example/'],
        ...['Job-Webhook', 'https://b.example/'],
      ],
      body: JSON.stringify(body),
      reset: true,
    })
    expect(response.statusCode).toBe(422)
    expect(await response.body.text()).toContain('more than once')
  })

  test.each([
    ['http://receiver.example/hook', 'RINGBACK_ALLOW_HTTP_TARGETS'],
    ['https://127.0.0.1/hook', 'RINGBACK_ALLOW_PRIVATE_TARGETS'],
    ['https://[::1]/hook', 'RINGBACK_ALLOW_PRIVATE_TARGETS'],
    ['nonsense', 'header Job-Webhook'],
  ])('%s is a 422 in the flat format that names the header and what would help', async (value, help) => {
    const answer = await dispatch(value)
    expect(answer.status).toBe(422)
    expect(answer.json.code).toBe('webhook.url_not_allowed')
    expect(Object.keys(answer.json.errors)).toEqual(['header Job-Webhook'])
    expect(answer.text).toContain(help)
  })

  test('is a 422 while there is no secret to sign with, that says where to set one', async () => {
    const { key } = await http.addAccount('no secret')
    const answer = await http.call('POST', URL, {
      body,
      headers: { authorization: `Bearer ${key}`, 'job-webhook': 'https://receiver.example/' },
    })
    expect(answer.status).toBe(422)
    expect(answer.json).toMatchObject({
      code: 'webhook.secret_missing',
      message: expect.stringContaining('/api/v1/webhooks/default'),
    })
  })

  test('means nothing on other routes, where some clients send it too', async () => {
    for (const url of ['/api/v1/ping', '/api/v1/quota', '/api/v1/webhooks']) {
      expect((await http.call('GET', url, { headers: { 'job-webhook': '' } })).status).toBe(200)
    }
  })
})
