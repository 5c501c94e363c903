import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { useTestHttp } from '../../test/harness/use-test-http.ts'
import { createTaskRegistry } from '../tasks/registry.ts'
import type { Route } from './route.ts'
import { buildRoutes } from './routes.ts'
import { openTestHttp, TEST_HTTP_CONFIG } from './test-http.ts'

const API_DOCS = ['api.md', 'api-webhooks.md', 'api-workflows.md', 'api-listeners.md']
  .map((page) => readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8'))
  .join('\n')

const http = useTestHttp()
let routes: readonly Route[]
beforeAll(() => {
  routes = buildRoutes(http.deps, { describe: async () => '' })
})

/** The path with something in place of each parameter. */
const filled = (route: Route) => route.path.replace(/:[a-z]+/g, 'x')

test('a process without the role api answers how it is, and nothing else', async () => {
  await using watched = await openTestHttp({ config: { ...TEST_HTTP_CONFIG, roles: new Set(['runner', 'courier']) } })
  for (const path of ['/health/live', '/health/ready', '/metrics'])
    expect((await watched.call('GET', path)).status).toBe(200)
  for (const path of [
    '/',
    '/api/v1/ping',
    '/api/v1/webhooks',
    '/api/v1/job/status/x',
    '/dashboard/',
    '/docs',
    '/openapi.json',
  ]) {
    const { status, json } = await watched.call('GET', path)
    expect([status, json.code], path).toEqual([404, 'request.unknown_route'])
    expect(JSON.stringify(json), path).toContain('RINGBACK_ROLES')
  }
})

describe('the route table', () => {
  test('every route that is not public answers 401 without a key, before anything else', async () => {
    for (const route of routes.filter(({ scope }) => scope !== 'public')) {
      const answer = await http.call(route.method, filled(route), { headers: { authorization: undefined }, body: '{' })
      expect(answer.json, `${route.method} ${route.path}`).toMatchObject({ code: 'auth.missing_key' })
      expect(answer.status).toBe(401)
    }
  })

  test('every public route answers without a key', async () => {
    const signIn = (route: Route) => route.path === '/api/v1/sessions'
    for (const route of routes.filter((route) => route.scope === 'public' && !signIn(route))) {
      const answer = await http.call(route.method, filled(route), { headers: { authorization: undefined } })
      expect(answer.status, `${route.method} ${route.path}`).toBeLessThan(400)
    }
  })

  test('only the routes that anybody may see are public', () => {
    const open = routes.filter(({ scope }) => scope === 'public').map(({ path }) => path)
    expect(open.toSorted()).toEqual(
      [
        '/',
        '/api/v1/ping',
        '/api/v1/sessions',
        '/docs/errors',
        '/health/live',
        '/health/ready',
        '/metrics',
        '/openapi.json',
      ].toSorted(),
    )
  })

  test('every route is in the OpenAPI description, with its key and its answers, and nothing else is', async () => {
    const { json: description } = await http.call('GET', '/openapi.json')
    const described = Object.entries<Record<string, { security?: unknown; responses: object; summary: string }>>(
      description.paths,
    ).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security, summary }]) => ({
        method: method.toUpperCase(),
        path: path.replace(/\{([a-z]+)\}/g, ':$1'),
        isPublic: security === undefined,
        summary,
      })),
    )
    const inTable = routes.map(({ method, path, scope, summary }) => ({
      method,
      path,
      isPublic: scope === 'public',
      summary,
    }))
    const byName = (one: { method: string; path: string }, other: { method: string; path: string }) =>
      `${one.path} ${one.method}`.localeCompare(`${other.path} ${other.method}`)
    expect(described.toSorted(byName)).toEqual(inTable.toSorted(byName))
  })

  test('every route has a section in docs/api.md or one of its pages, and every section a route', () => {
    const sections = [...API_DOCS.matchAll(/^### `([A-Z]+ \S+)`$/gm)].map(([, name]) => name)
    const names = routes.map(({ method, path }) => `${method} ${path.replace(/:([a-z]+)/g, '<$1>')}`)
    // All tasks are dispatched alike; what differs between them is in docs/tasks.md, which a test of its own reads.
    const dispatches = new Set(createTaskRegistry().all.map(({ path }) => `POST /api/v1${path}`))
    const alike = names.map((name) => (dispatches.has(name) ? 'POST /api/v1/<group>/<endpoint>' : name))
    expect(sections.toSorted()).toEqual([...new Set(alike)].toSorted())
  })

  test('every task has a dispatch route', () => {
    for (const task of createTaskRegistry().all) {
      expect(routes).toContainEqual(
        expect.objectContaining({ method: 'POST', path: `/api/v1${task.path}`, scope: 'jobs' }),
      )
    }
  })

  test('a route without a scope does not compile', () => {
    // @ts-expect-error: the scope is missing
    const route: Route = {
      method: 'GET',
      path: '/x',
      family: 'process',
      limit: 'none',
      tag: 'Process',
      summary: '',
      endpoint: { answers: {}, handle: () => null },
    }
    expect(route).not.toHaveProperty('scope')
  })
})
