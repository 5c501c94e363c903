import { apiKeyPageSchema, createdApiKeySchema } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'

const URL = '/api/v1/api-keys'

const http = useTestHttp()

async function create(name: string) {
  const answer = await http.call('POST', URL, { body: { name } })
  expect(answer.status).toBe(201)
  return createdApiKeySchema.parse(answer.json)
}

describe('POST /api/v1/api-keys', () => {
  test('creates a key that works, and shows it this one time', async () => {
    const { key, ...shown } = await create('laptop')
    expect(shown).toEqual({
      id: expect.any(String),
      name: 'laptop',
      prefix: key.slice(0, 9),
      scopes: ['jobs', 'read', 'manage', 'worker'],
      created_at: '2026-01-31T08:50:11.188Z',
      revoked_at: null,
    })
    expect((await http.call('GET', URL, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200)
    expect((await http.call('GET', URL)).text).not.toContain(key)
  })

  test.each<[body: unknown, field: string]>([
    [{}, 'name'],
    [{ name: '  ' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 5 }, 'name'],
    [{ name: 'x', admin: true }, 'admin'],
    [undefined, 'body'],
  ])('answers a 422 that names the field (case %#)', async (body, field) => {
    const answer = await http.call('POST', URL, { body })
    expect(answer.status).toBe(422)
    expect(answer.json.errors).toEqual([{ field, message: expect.any(String) }])
  })
})

describe('GET /api/v1/api-keys', () => {
  test('lists newest first, in pages, revoked ones included', async () => {
    const { headers } = await http.addAccount('lister')
    for (const name of ['second', 'third']) await http.call('POST', URL, { body: { name }, headers })
    const first = apiKeyPageSchema.parse((await http.call('GET', `${URL}?limit=2`, { headers })).json)
    const rest = apiKeyPageSchema.parse(
      (await http.call('GET', `${URL}?limit=2&cursor=${first.next_cursor}`, { headers })).json,
    )
    expect(first.data.map(({ name }) => name)).toEqual(['third', 'second'])
    expect(rest).toMatchObject({ data: [{ name: 'test' }], next_cursor: null })
    await http.call('DELETE', `${URL}/${first.data[0]?.id}`, { headers })
    const after = apiKeyPageSchema.parse((await http.call('GET', URL, { headers })).json)
    expect(after.data[0]).toMatchObject({ name: 'third', revoked_at: '2026-01-31T08:50:11.188Z' })
  })
})

describe('DELETE /api/v1/api-keys/<id>', () => {
  test('ends the key at once, and says the same when asked again', async () => {
    const { id, key } = await create('leaked')
    const headers = { authorization: `Bearer ${key}` }
    expect((await http.call('GET', URL, { headers })).status).toBe(200)
    const answer = await http.call('DELETE', `${URL}/${id}`)
    expect(answer.status).toBe(200)
    expect(answer.json.revoked_at).toBe('2026-01-31T08:50:11.188Z')
    expect((await http.call('GET', URL, { headers })).json.code).toBe('auth.invalid_key')
    expect((await http.call('DELETE', `${URL}/${id}`)).json).toEqual(answer.json)
  })

  test('a key can end itself', async () => {
    const { id, key } = await create('own')
    const headers = { authorization: `Bearer ${key}` }
    expect((await http.call('DELETE', `${URL}/${id}`, { headers })).status).toBe(200)
    expect((await http.call('GET', URL, { headers })).status).toBe(401)
  })

  test('an unknown one, another account’s and what is no id are the same 404', async () => {
    const { accountId } = await http.addAccount('owner')
    const [theirs] = await http.store.listApiKeys(accountId)
    for (const id of [theirs?.id, newId(), 'nonsense']) {
      const answer = await http.call('DELETE', `${URL}/${id}`)
      expect(answer.json).toMatchObject({ status: 404, code: 'api_key.not_found' })
    }
  })
})
