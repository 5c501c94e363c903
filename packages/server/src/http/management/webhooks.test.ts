import { webhookSchema } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'

const http = useTestHttp()

/** Calls a route of webhooks as an account that nobody else uses. */
async function freshAccount() {
  const { accountId, headers } = await http.addAccount(newId())
  return {
    accountId,
    get: (path = '/default') => http.call('GET', `/api/v1/webhooks${path}`, { headers }),
    patch: (body: unknown, path = '/default') => http.call('PATCH', `/api/v1/webhooks${path}`, { headers, body }),
  }
}

describe('GET /api/v1/webhooks/<id>', () => {
  test('shows the webhook by name and by id, off and empty in a new account', async () => {
    const { get } = await freshAccount()
    const answer = await get()
    expect(answer.status).toBe(200)
    expect(webhookSchema.strict().parse(answer.json)).toEqual({
      id: expect.any(String),
      name: 'default',
      enabled: false,
      disabled_reason: null,
      url: null,
      include_result: false,
      has_secret: false,
      previous_secret_until: null,
      has_previous_secret: false,
      asymmetric_signature: false,
      public_key: null,
      previous_public_key: null,
      job_types: null,
      job_statuses: null,
      headers: {},
      retry_schedule: null,
      rate_limit_per_second: null,
      state: 'disabled',
      paused_until: null,
      consecutive_failures: 0,
      failing_since: null,
      last_success_at: null,
      last_cause: null,
      waiting: 0,
      oldest_waiting_since: null,
      created_at: '2026-01-31T08:50:11.188Z',
      updated_at: '2026-01-31T08:50:11.188Z',
    })
    expect((await get(`/${answer.json.id}`)).json).toEqual(answer.json)
  })

  test('an unknown one and another account’s are the same 404', async () => {
    const { get } = await freshAccount()
    const theirs = await (await freshAccount()).get()
    const answers = await Promise.all(['/unheard-of', `/${theirs.json.id}`].map((path) => get(path)))
    for (const { status, json } of answers) {
      expect(status).toBe(404)
      expect({ ...json, request_id: '' }).toEqual({ ...answers[0]?.json, request_id: '' })
      expect(json.code).toBe('webhook.not_found')
    }
  })
})

describe('GET /api/v1/webhooks', () => {
  // Both are made in the same millisecond, in which their order is chance.
  test('lists the two webhooks that every account has', async () => {
    const { get } = await freshAccount()
    const answer = await get('')
    const both = [(await get('/operational')).json, (await get()).json]
    expect(answer.json).toEqual({ data: expect.arrayContaining(both), next_cursor: null })
    expect(answer.json.data).toHaveLength(2)
  })

  test.each(['?limit=0', '?limit=101', '?limit=x', '?limit=1.5', '?cursor=x', '?colour=red'])(
    '%s is a 422 that names the parameter',
    async (query) => {
      const { get } = await freshAccount()
      const answer = await get(query)
      expect(answer.status).toBe(422)
      expect(answer.json.errors[0].field).toBe(/[a-z]+/.exec(query)?.[0])
    },
  )
})

describe('PATCH /api/v1/webhooks/<id>', () => {
  test('saves the form of the announcement, and shows the secret never again', async () => {
    const { get, patch } = await freshAccount()
    const form = { enabled: true, url: 'https://receiver.example/hook', include_result: true }
    const answer = await patch({ ...form, secret: 'chosen secret' })
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ ...form, has_secret: true })
    expect(answer.text).not.toContain('chosen secret')
    expect((await get()).json).toEqual(answer.json)
  })

  test('shows a secret that it had to make this one time', async () => {
    const { get, patch } = await freshAccount()
    const answer = await patch({ enabled: true, url: 'https://receiver.example/hook' })
    expect(answer.json.secret).toMatch(/^whsec_/)
    expect((await get()).text).not.toContain(answer.json.secret)
    expect((await patch({ include_result: true })).json).not.toHaveProperty('secret')
  })

  test('leaves alone what is not sent', async () => {
    const { patch } = await freshAccount()
    await patch({ enabled: true, url: 'https://receiver.example/hook', secret: 'chosen secret', include_result: true })
    const { json } = await patch({ enabled: false })
    expect(json).toMatchObject({
      enabled: false,
      url: 'https://receiver.example/hook',
      has_secret: true,
      include_result: true,
    })
  })

  test('a replaced secret goes on signing, and the answer says until when', async () => {
    const { patch } = await freshAccount()
    await patch({ secret: 'the first secret' })
    const { json } = await patch({ secret: 'the second secret' })
    expect(json.previous_secret_until).toBe('2026-02-01T08:50:11.188Z')
  })

  test('never shows the password of a URL, and takes the URL back as it was shown', async () => {
    const { accountId, get, patch } = await freshAccount()
    await patch({ url: 'https://me:hidden@receiver.example/hook' })
    const { json, text } = await get()
    expect(text).not.toContain('hidden')
    expect((await patch({ url: json.url })).status).toBe(200)
    const row = await http.store.findWebhook(accountId, 'default')
    expect(row?.url).toBe('https://me:hidden@receiver.example/hook')
  })

  test.each<[body: unknown, code: string, field: string]>([
    [{ secrets: 'x', colour: 1 }, 'request.invalid', 'secrets'],
    [{ enabled: 'yes' }, 'request.invalid', 'enabled'],
    [{ url: 5 }, 'request.invalid', 'url'],
    [{ url: `https://x.example/${'x'.repeat(2_048)}` }, 'request.invalid', 'url'],
    [{ secret: 'short' }, 'request.invalid', 'secret'],
    [{ secret: null }, 'request.invalid', 'secret'],
    [{ include_result: 1 }, 'request.invalid', 'include_result'],
    [[], 'request.invalid', 'body'],
    [{ url: 'http://receiver.example/' }, 'webhook.url_not_allowed', 'url'],
    [{ url: 'https://10.1.2.3/' }, 'webhook.url_not_allowed', 'url'],
    [{ enabled: true }, 'webhook.url_missing', 'url'],
  ])('answers a 422 problem that names the field, and changes nothing (case %#)', async (body, code, field) => {
    const { get, patch } = await freshAccount()
    const before = await get()
    const answer = await patch(body)
    expect(answer.status).toBe(422)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json).toMatchObject({ code, status: 422 })
    expect(answer.json.errors[0]).toEqual({ field, message: expect.any(String) })
    expect((await get()).json).toEqual(before.json)
  })

  test('names each unknown field', async () => {
    const { patch } = await freshAccount()
    const { json } = await patch({ secrets: 'x', colour: 1 })
    expect(json.errors.map(({ field }: { field: string }) => field)).toEqual(['secrets', 'colour'])
  })

  test('without a body is a 422', async () => {
    const { patch } = await freshAccount()
    expect((await patch(undefined)).status).toBe(422)
    expect((await patch('')).status).toBe(422)
  })

  test('an unknown webhook is a 404', async () => {
    const { patch } = await freshAccount()
    expect((await patch({ enabled: false }, '/unheard-of')).json.code).toBe('webhook.not_found')
  })
})
