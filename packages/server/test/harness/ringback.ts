import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { type App, startApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config/parse-config.ts'
import type { DashboardFiles } from '../../src/dashboard/dashboard-files.ts'
import { type Log, silentLog } from '../../src/lib/log.ts'
import { describePostgres } from './describe-postgres.ts'
import { createMovedClock, type MovedClock } from './moved-clock.ts'
import { createDatabase } from './postgres-database.ts'
import type { TestPostgres } from './postgres-global-setup.ts'

/** A master key for tests; PostgreSQL needs one that all processes share. */
export const TEST_MASTER_KEY = Buffer.alloc(32, 7).toString('base64')

/** A database of one engine. */
export interface EngineDatabase {
  readonly engine: 'sqlite' | 'postgres'
  /** The settings that lead to it. */
  readonly env: Readonly<Record<string, string>>
  drop(): Promise<void>
}

/** Runs the same suite on both engines; on machines without PostgreSQL its half is skipped with the reason. */
export function describeEngines(name: string, define: (createDatabase: CreateDatabase) => void): void {
  describe(`${name} (SQLite)`, () => define(createSqliteDatabase))
  describePostgres(`${name} (PostgreSQL)`, (_, server) => define((options) => createPostgresDatabase(server, options)))
}

/**
 * Makes a database of the engine without a row. On PostgreSQL the migrations have been applied, unless it is to be empty:
 * for tests of a first start.
 */
export type CreateDatabase = (options?: { readonly isEmpty: boolean }) => Promise<EngineDatabase>

/** For what has nothing to do with the engine. */
export async function createSqliteDatabase(): Promise<EngineDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-test-'))
  return {
    engine: 'sqlite',
    env: { RINGBACK_DATABASE_URL: `file:${join(folder, 'ringback.db')}`, RINGBACK_MASTER_KEY: TEST_MASTER_KEY },
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A copy of the database that was migrated once; of `describePostgres`. */
export async function createPostgresDatabase(
  { adminUrl, migratedTemplate }: TestPostgres,
  { isEmpty } = { isEmpty: false },
): Promise<EngineDatabase> {
  const database = await (isEmpty ? createDatabase(adminUrl) : createDatabase(adminUrl, migratedTemplate))
  return {
    engine: 'postgres',
    env: { RINGBACK_DATABASE_URL: database.url, RINGBACK_MASTER_KEY: TEST_MASTER_KEY },
    drop: database.drop,
  }
}

/** A running Ringback and the usual ways of talking to it. */
export interface Ringback {
  readonly app: App
  readonly clock: MovedClock
  readonly key: string
  /** Calls the API with the key; gives status, headers and the parsed body. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<CallAnswer>
  stop(): Promise<void>
}

export interface CallAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** What the body is as JSON; tests know its shape. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  readonly json: any
}

/** The key of the account `default` in tests. */
export const TEST_API_KEY = 'rb_test_key_0123456789abcdef'

/** What a test changes of a server. */
export interface RingbackOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly log?: Log
  readonly trustedCertificates?: string[]
  readonly clock?: MovedClock
  readonly dashboard?: DashboardFiles
}

/** Starts a whole Ringback in this process, on a free port, with receivers on loopback allowed. */
export async function startRingback(
  database: Pick<EngineDatabase, 'env'>,
  options: RingbackOptions = {},
): Promise<Ringback> {
  const port = await freePort()
  const clock = options.clock ?? createMovedClock()
  const config = parseConfig({
    ...database.env,
    RINGBACK_PORT: String(port),
    RINGBACK_PUBLIC_URL: `http://127.0.0.1:${port}`,
    RINGBACK_API_KEY: TEST_API_KEY,
    RINGBACK_ALLOW_HTTP_TARGETS: 'true',
    RINGBACK_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
    ...options.env,
  })
  const app = await startApp(config, {
    clock,
    random: () => 0,
    log: options.log ?? silentLog,
    ...(options.dashboard && { dashboard: options.dashboard }),
    ...(options.trustedCertificates && { trustedCertificates: options.trustedCertificates }),
  })
  return {
    app,
    clock,
    key: TEST_API_KEY,
    call: (method, path, body, headers) => callApi(app.origin, TEST_API_KEY, method, path, body, headers),
    stop: () => app.stop(),
  }
}

/** One API call with a key. */
export async function callApi(
  origin: string,
  key: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<CallAnswer> {
  const response = await fetch(new URL(path, origin), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status: response.status, headers: response.headers, text, json }
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
