import { webhookChangedSchema } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'

const URL = 'https://hooks.receiver.example/in'

const http = useTestHttp()

async function freshAccount() {
  const { accountId, headers } = await http.addAccount(newId())
  const on = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE') => (path: string, body?: unknown) =>
    http.call(method, `/api/v1${path}`, { headers, body })
  return { accountId, get: on('GET'), post: on('POST'), patch: on('PATCH'), remove: on('DELETE') }
}

describe('POST /api/v1/webhooks', () => {
  test('with a URL alone gives a webhook that is on, a readable name, and a secret that is shown this one time', async () => {
    const { get, post } = await freshAccount()
    const answer = await post('/webhooks', { url: URL })
    expect(answer.status).toBe(201)
    const { secret, ...webhook } = webhookChangedSchema.strict().parse(answer.json)
    expect(secret).toMatch(/^whsec_/)
    expect(webhook).toMatchObject({
      name: 'hooks.receiver.example',
      enabled: true,
      url: URL,
      include_result: false,
      has_secret: true,
      job_types: null,
      job_statuses: null,
      headers: {},
      retry_schedule: null,
      rate_limit_per_second: null,
      state: 'healthy',
    })
    expect((await get(`/webhooks/${webhook.id}`)).json).toEqual(webhook)
    expect((await get('/webhooks/hooks.receiver.example')).json).toEqual(webhook)
    expect((await post('/webhooks', { url: URL })).json.name).toBe('hooks.receiver.example-2')
  })

  test('with everything said keeps everything as it was said', async () => {
    const { post } = await freshAccount()
    const rules = {
      name: 'billing',
      enabled: false,
      url: URL,
      include_result: true,
      job_types: ['content_translate'],
      job_statuses: ['failed'],
      retry_schedule: ['1s', '90m'],
      rate_limit_per_second: 5,
    }
    const answer = await post('/webhooks', { ...rules, secret: 'chosen secret', headers: { 'X-Env': 'prod' } })
    expect(answer.json).toMatchObject({ ...rules, headers: { 'X-Env': { value: 'prod', secret: false } } })
    expect(answer.json).not.toHaveProperty('secret')
    expect(answer.json.state).toBe('disabled')
  })

  test('a name is unique in its account, free in others, and free again after its webhook is removed', async () => {
    const [one, other] = [await freshAccount(), await freshAccount()]
    expect((await one.post('/webhooks', { name: 'billing', url: URL })).status).toBe(201)
    const taken = await one.post('/webhooks', { name: 'billing', url: URL })
    expect(taken.status).toBe(409)
    expect(taken.json).toMatchObject({ code: 'webhook.name_taken', errors: [{ field: 'name' }] })
    expect((await one.post('/webhooks', { name: 'operational', url: URL })).json.code).toBe('webhook.name_taken')
    expect((await other.post('/webhooks', { name: 'billing', url: URL })).status).toBe(201)
    expect((await one.remove('/webhooks/billing')).status).toBe(204)
    expect((await one.post('/webhooks', { name: 'billing', url: URL })).status).toBe(201)
  })

  test('an account has 20 at most, and the refusal names the limit', async () => {
    const { get, post } = await freshAccount()
    for (let count = 1; count < 20; count++) expect((await post('/webhooks', { url: URL })).status).toBe(201)
    const refused = await post('/webhooks', { url: URL })
    expect(refused.status).toBe(409)
    expect(refused.json).toMatchObject({
      code: 'webhook.limit_reached',
      detail: expect.stringContaining('20 webhooks'),
    })
    const { json } = await get('/webhooks')
    expect(new Set(json.data.map(({ name }: { name: string }) => name)).size).toBe(21)
  })

  test.each<[body: unknown, code: string, field: string]>([
    [{}, 'webhook.url_missing', 'url'],
    [{ enabled: true, url: null }, 'webhook.url_missing', 'url'],
    [{ url: 'http://receiver.example/' }, 'webhook.url_not_allowed', 'url'],
    [{ url: 'https://127.0.0.1/' }, 'webhook.url_not_allowed', 'url'],
    [{ url: URL, secret: 'short' }, 'request.invalid', 'secret'],
    [{ url: URL, secret: 'whsec_notbase64!' }, 'request.invalid', 'secret'],
    [{ url: URL, name: 'Billing' }, 'request.invalid', 'name'],
    [{ url: URL, name: 'a/b' }, 'request.invalid', 'name'],
    [{ url: URL, name: '' }, 'request.invalid', 'name'],
    [{ url: URL, name: 'x'.repeat(65) }, 'request.invalid', 'name'],
    [{ url: URL, name: '019c1f0e-7c1b-7b6a-9a55-2f3f0f8f4a11' }, 'request.invalid', 'name'],
    [{ url: URL, colour: 'red' }, 'request.invalid', 'colour'],
  ])('refuses %j with the field, and adds nothing', async (body, code, field) => {
    const { get, post } = await freshAccount()
    const answer = await post('/webhooks', body)
    expect(answer.status).toBe(422)
    expect(answer.json).toMatchObject({ code, errors: [{ field, message: expect.any(String) }] })
    expect((await get('/webhooks')).json.data).toHaveLength(2)
  })
})

describe('PATCH of a name', () => {
  test('renames, but not to a name that is taken, and never the two that every account has', async () => {
    const { get, post, patch } = await freshAccount()
    const { json } = await post('/webhooks', { name: 'billing', url: URL })
    await post('/webhooks', { name: 'search', url: URL })
    expect((await patch('/webhooks/billing', { name: 'search' })).json.code).toBe('webhook.name_taken')
    expect((await patch('/webhooks/billing', { name: 'invoices' })).json).toMatchObject({
      id: json.id,
      name: 'invoices',
    })
    expect((await get('/webhooks/billing')).status).toBe(404)
    for (const name of ['default', 'operational']) {
      const refused = await patch(`/webhooks/${name}`, { name: 'mine' })
      expect(refused.json).toMatchObject({ code: 'request.invalid', errors: [{ field: 'name' }] })
      expect((await patch(`/webhooks/${name}`, { name })).status).toBe(200)
    }
  })
})

describe('DELETE /api/v1/webhooks/<id>', () => {
  test('removes a webhook; what waited for it is discarded and stays readable', async () => {
    const { accountId, get, post, remove } = await freshAccount()
    const { json: webhook } = await post('/webhooks', { url: URL, secret: 'chosen secret' })
    const { json: job } = await post('/content/detect_urls', { content: 'x' })
    await http.finishJob(job.job_id, { status: 'success', result: '[]' })
    const answer = await remove(`/webhooks/${webhook.id}`)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect((await get(`/webhooks/${webhook.id}`)).status).toBe(404)
    expect((await remove(`/webhooks/${webhook.id}`)).json.code).toBe('webhook.not_found')
    expect((await get('/webhooks')).json.data).toHaveLength(2)
    const [delivery] = await http.store.listDeliveries({ accountId, limit: 1 })
    const shown = await get(`/deliveries/${delivery?.id}`)
    expect(shown.json).toMatchObject({ status: 'discarded', webhook_id: webhook.id, job_id: job.job_id })
  })

  test.each(['default', 'operational'])('%s cannot be removed, and the answer says why', async (name) => {
    const { get, remove } = await freshAccount()
    const answer = await remove(`/webhooks/${name}`)
    expect(answer.status).toBe(409)
    expect(answer.json).toMatchObject({ code: 'webhook.not_removable', detail: expect.stringContaining(name) })
    expect((await get(`/webhooks/${name}`)).status).toBe(200)
  })

  test('another account cannot remove it', async () => {
    const [one, other] = [await freshAccount(), await freshAccount()]
    const { json } = await one.post('/webhooks', { url: URL })
    expect((await other.remove(`/webhooks/${json.id}`)).status).toBe(404)
    expect((await one.get(`/webhooks/${json.id}`)).status).toBe(200)
  })
})
