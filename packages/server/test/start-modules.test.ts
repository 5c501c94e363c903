import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { killAllPrograms, startServer } from './harness/server-process.ts'

// Half of a start is loading modules, a quarter of a millisecond each: what it can do without, it must not load.

vi.setConfig({ testTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), 'ringback-modules-'))
afterAll(async () => {
  await killAllPrograms()
  rmSync(folder, { recursive: true, force: true })
})

/** What is loaded when it is needed, and when that is. */
const NOT_AT_START: Readonly<Record<string, string>> = {
  '@fastify/static': 'the first page of the dashboard or of the API reference',
  '@fastify/swagger': 'the first look at the description of the API',
  '@fastify/swagger-ui': 'the first page of the API reference',
  yaml: 'as those two',
  undici: 'the first model job, or the warm-up',
  'file-type': 'the first file',
  kysely: 'the first list',
  pg: 'a database that is PostgreSQL',
  ai: 'the first model job, or the warm-up',
  'libphonenumber-js': 'the first job that looks for numbers, or the warm-up',
  'linkify-it': 'the first job that looks for addresses, or the warm-up',
  'internal/deps/undici/undici': "Node's own client: see http/register-route.ts",
}

/** The packages that each thread of a process loaded, and what Node loaded of its own, from its coverage reports. */
function loadedModules(): Set<string>[] {
  const reports = readdirSync(folder).filter((name) => name.startsWith('coverage-'))
  return reports.map((report) => {
    const { result } = JSON.parse(readFileSync(join(folder, report), 'utf8')) as { result: { url: string }[] }
    const names = result.map(({ url }) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/|^node:(.+)/.exec(url))
    return new Set(names.flatMap((match) => match?.[1] ?? match?.[2] ?? []))
  })
}

test('a start loads nothing that it can do without, and the thread of the database no package at all', async () => {
  // Only this role: the others load what their first work needs as soon as the server has started.
  const env = { RINGBACK_ROLES: 'api', RINGBACK_DATABASE_URL: `file:${join(folder, 'modules.db')}` }
  const server = startServer({ ...env, NODE_V8_COVERAGE: folder })
  expect((await fetch(`${await server.ready()}/health/ready`)).status).toBe(200)
  await server.stop()
  const threads = loadedModules()
  const main = threads.find((loaded) => loaded.has('fastify'))
  expect([...(main ?? [])]).toEqual(expect.arrayContaining(['fastify', 'zod', 'http']))
  expect(Object.keys(NOT_AT_START).filter((name) => main?.has(name))).toEqual([])
  const database = threads.find((loaded) => loaded.has('sqlite'))
  expect(['kysely', 'zod', 'fastify'].filter((name) => database?.has(name) ?? true)).toEqual([])
})
