import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const BENCH_API_KEY = 'rb_bench_key_0123456789abcdef'

export interface ServerProcess {
  readonly origin: string
  readonly pid: number
  /** From the start of the process to the first ready answer. */
  readonly readyMs: number
  stop(): Promise<void>
}

/** Starts the real server as a process on an empty embedded database in a temporary folder. */
export async function startServerProcess(env: Record<string, string> = {}): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-bench-'))
  const port = await freePort()
  const startedMs = performance.now()
  const child: ChildProcess = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../packages/server/src/main.js', import.meta.url)), 'serve'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        RINGBACK_PORT: String(port),
        RINGBACK_DATABASE_URL: `file:${join(folder, 'ringback.db')}`,
        RINGBACK_API_KEY: BENCH_API_KEY,
        RINGBACK_ALLOW_HTTP_TARGETS: 'true',
        RINGBACK_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
        RINGBACK_REQUESTS_PER_MINUTE: '10000000',
        ...env,
      },
    },
  )
  const origin = `http://127.0.0.1:${port}`
  const readyMs = await untilReady(origin, startedMs)
  return {
    origin,
    pid: child.pid ?? 0,
    readyMs,
    stop() {
      return new Promise((resolve) => {
        child.once('exit', () => {
          rmSync(folder, { recursive: true, force: true })
          resolve()
        })
        child.kill('SIGTERM')
      })
    },
  }
}

const READY_LIMIT_MS = 30_000

async function untilReady(origin: string, startedMs: number): Promise<number> {
  while (performance.now() - startedMs < READY_LIMIT_MS) {
    const ready = await fetch(`${origin}/health/ready`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return performance.now() - startedMs
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  throw new Error('the server did not get ready')
}

/** An API call with the bench's key. */
export async function callServer(origin: string, method: string, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: { authorization: `Bearer ${BENCH_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return await response.json()
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(address && typeof address === 'object' ? address.port : 0))
    })
  })
}
