import { readFileSync } from 'node:fs'
import { ALL_SCOPES, type ApiKeyScope } from '@ringback/contract'
import { beforeAll, describe, expect, test } from 'vitest'
import { useTestHttp } from '../../test/harness/use-test-http.ts'
import { createTaskRegistry } from '../tasks/registry.ts'
import { type Route, scopeNeeded } from './route.ts'
import { buildRoutes } from './routes.ts'

const http = useTestHttp()
let routes: readonly Route[]
beforeAll(() => {
  routes = buildRoutes(http.deps, { describe: async () => '' })
})

async function keyWith(scopes: readonly ApiKeyScope[]) {
  const { row, key } = await http.deps.apiKeys.create(http.accountId, scopes.join(' '), scopes)
  return { id: row.id, headers: { authorization: `Bearer ${key}` } }
}

const filled = (route: Route) => route.path.replace(/:[a-z]+/g, 'x')
const nameOf = ({ method, path }: Route) => `${method} ${path}`

describe('the scopes of routes', () => {
  test('all routes that need a key name the scope they need, but the one that tells its limits', () => {
    const open = routes.filter(({ scope }) => scope === 'any_key').map(nameOf)
    expect(open).toEqual(['GET /api/v1/quota'])
    expect([...new Set(routes.map(({ scope }) => scopeNeeded(scope)))]).toEqual(
      expect.arrayContaining([...ALL_SCOPES, null]),
    )
  })

  test('a key that has all scopes but the one is refused, in the format of the family, before anything is read', async () => {
    for (const scope of ALL_SCOPES) {
      const { headers } = await keyWith(ALL_SCOPES.filter((other) => other !== scope))
      for (const route of routes.filter((one) => one.scope === scope)) {
        const answer = await http.call(route.method, filled(route), { headers, body: '{' })
        expect(answer.status, nameOf(route)).toBe(403)
        expect(answer.headers['www-authenticate']).toBe(`Bearer error="insufficient_scope", scope="${scope}"`)
        const detail = `This needs the scope "${scope}", which the API key does not have. Use a key that has it.`
        expect(answer.json).toEqual(
          route.family === 'compat'
            ? { code: 'auth.scope_missing', message: detail }
            : {
                type: '/docs/errors#auth.scope_missing',
                title: 'API key may not do this',
                status: 403,
                detail,
                code: 'auth.scope_missing',
                request_id: expect.any(String),
              },
        )
        expect(answer.headers['content-type']).toContain(route.family === 'compat' ? 'json' : 'problem+json')
      }
    }
  })

  test('a key that has only the one is let in, and every key is told its limits', async () => {
    for (const scope of ALL_SCOPES) {
      const { headers, id } = await keyWith([scope])
      expect((await http.call('GET', '/api/v1/quota', { headers })).status).toBe(200)
      expect((await http.call('GET', '/api/v1/ping', { headers })).status).toBe(200)
      for (const route of routes.filter((one) => one.scope === scope)) {
        const { json } = await http.call(route.method, filled(route), { headers, body: '{' })
        expect(json?.code, nameOf(route)).not.toBe('auth.scope_missing')
      }
      await http.deps.apiKeys.revoke(http.accountId, id)
    }
  })

  test('a request that is refused spends nothing of the limit', async () => {
    const { headers } = await keyWith(['worker'])
    const remaining = async () => (await http.call('GET', '/api/v1/webhooks')).headers['x-ratelimit-remaining']
    const before = Number(await remaining())
    for (let index = 0; index < 5; index++) await http.call('GET', '/api/v1/webhooks', { headers })
    expect(Number(await remaining())).toBe(before - 1)
  })

  test('the description of the API says which scope a route needs', async () => {
    const { paths } = (await http.call('GET', '/openapi.json')).json
    for (const route of routes.filter(({ scope }) => scope !== 'public')) {
      const operation = paths[route.path.replace(/:([a-z]+)/g, '{$1}')][route.method.toLowerCase()]
      const scope = scopeNeeded(route.scope)
      expect(operation.security, nameOf(route)).toEqual([{ apiKey: scope === null ? [] : [scope] }])
      expect(Object.keys(operation.responses)).toContain('403')
    }
  })

  test('docs/api.md lists the routes of each scope', () => {
    const text = readFileSync(new URL('../../../../docs/api.md', import.meta.url), 'utf8')
    const dispatches = new Set(createTaskRegistry().all.map(({ path }) => `POST /api/v1${path}`))
    for (const scope of ALL_SCOPES) {
      const row = new RegExp(`^\\| \`${scope}\` \\| [^|]+ \\| ([^|]+) \\|$`, 'm').exec(text)?.[1] ?? ''
      const listed = [...row.matchAll(/`([A-Z|]+ \/\S+)`/g)].map(([, name]) => name)
      const inTable = routes
        .filter((route) => route.scope === scope)
        .map((route) => (dispatches.has(nameOf(route)) ? 'POST /<group>/<endpoint>' : shortName(route)))
      expect(listed.toSorted(), scope).toEqual([...new Set(inTable)].toSorted())
    }
  })
})

const shortName = ({ method, path }: Route) => `${method} ${path.slice('/api/v1'.length).replace(/:([a-z]+)/g, '<$1>')}`

describe('what a key may give', () => {
  const create = (body: unknown, headers: Record<string, string>) =>
    http.call('POST', '/api/v1/api-keys', { body, headers })

  test('a key is made with scopes, shows them, and has these', async () => {
    const answer = await http.call('POST', '/api/v1/api-keys', { body: { name: 'app', scopes: ['read', 'jobs'] } })
    expect(answer.status).toBe(201)
    expect(answer.json.scopes).toEqual(['jobs', 'read'])
    const headers = { authorization: `Bearer ${answer.json.key}` }
    expect((await http.call('GET', '/api/v1/jobs', { headers })).status).toBe(200)
    expect((await create({ name: 'x' }, headers)).json.code).toBe('auth.scope_missing')
    const [listed] = (await http.call('GET', '/api/v1/api-keys?limit=1')).json.data
    expect(listed.scopes).toEqual(['jobs', 'read'])
  })

  test('without scopes a key gets those of the key that makes it, which for the first key is everything', async () => {
    expect((await http.call('POST', '/api/v1/api-keys', { body: { name: 'all' } })).json.scopes).toEqual(ALL_SCOPES)
    const { headers } = await keyWith(['manage', 'read'])
    expect((await create({ name: 'same' }, headers)).json.scopes).toEqual(['read', 'manage'])
  })

  test('a key cannot make one that may do more than itself', async () => {
    const { headers } = await keyWith(['manage', 'jobs'])
    const answer = await create({ name: 'more', scopes: ['jobs', 'read', 'worker'] }, headers)
    expect(answer.json).toMatchObject({
      status: 403,
      code: 'auth.scope_missing',
      errors: [{ field: 'scopes', message: 'has what the key of this request does not have: "read", "worker"' }],
    })
    expect((await create({ name: 'less', scopes: ['jobs'] }, headers)).status).toBe(201)
  })

  test.each([[[]], [['admin']], ['jobs'], [null]])('scopes %j are refused with the field', async (scopes) => {
    const answer = await http.call('POST', '/api/v1/api-keys', { body: { name: 'x', scopes } })
    expect(answer.status).toBe(422)
    expect(answer.json.errors[0].field).toMatch(/^scopes/)
  })
})

describe('signing in with a key', () => {
  const DASHBOARD = {
    authorization: undefined,
    host: 'ringback.test:4400',
    'x-ringback-dashboard': '1',
    'sec-fetch-site': 'same-origin',
  }
  async function signIn(scopes: readonly ApiKeyScope[]) {
    const { row, key } = await http.deps.apiKeys.create(http.accountId, 'browser', scopes)
    const answer = await http.call('POST', '/api/v1/sessions', { headers: DASHBOARD, body: { api_key: key } })
    const cookie = String(answer.headers['set-cookie']).split(';')[0]
    return { answer, keyId: row.id, headers: { ...DASHBOARD, cookie } }
  }

  test('needs the scope read, and says so beside the field', async () => {
    const { answer } = await signIn(['jobs', 'manage', 'worker'])
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.json).toMatchObject({
      status: 403,
      code: 'auth.scope_missing',
      detail: 'Signing in to the dashboard needs an API key with the scope "read", which this one lacks.',
      errors: [{ field: 'api_key', message: expect.stringContaining('lacks the scope "read"') }],
    })
  })

  test('gives what the key may and no more; it can sign itself out, and nobody else', async () => {
    const [mine, other] = [await signIn(['read']), await signIn(['read'])]
    const call = (method: 'GET' | 'PATCH' | 'DELETE', url: string) =>
      http.call(method, `/api/v1${url}`, { headers: mine.headers, ...(method === 'PATCH' && { body: {} }) })
    // The second time from the cache.
    for (let time = 0; time < 2; time++) {
      expect((await call('GET', '/webhooks')).status).toBe(200)
      expect((await call('PATCH', '/webhooks/default')).json.code).toBe('auth.scope_missing')
    }
    expect((await call('DELETE', `/sessions/${other.answer.json.id}`)).json.code).toBe('auth.scope_missing')
    expect((await call('DELETE', '/sessions/current')).status).toBe(204)
  })

  test('ends when the key is revoked, within a second', async () => {
    const { headers, keyId } = await signIn(['read'])
    expect((await http.call('GET', '/api/v1/webhooks', { headers })).status).toBe(200)
    await http.deps.apiKeys.revoke(http.accountId, keyId)
    http.clock.move(1_000)
    expect((await http.call('GET', '/api/v1/webhooks', { headers })).json.code).toBe('auth.session_ended')
  })

  test('with a link gives everything', async () => {
    const link = await http.deps.sessions.createLink(http.accountId)
    const answer = await http.call('POST', '/api/v1/sessions', { headers: DASHBOARD, body: { link } })
    const headers = { ...DASHBOARD, cookie: String(answer.headers['set-cookie']).split(';')[0] }
    const made = await http.call('POST', '/api/v1/api-keys', { headers, body: { name: 'all' } })
    expect(made.json.scopes).toEqual(ALL_SCOPES)
  })
})
