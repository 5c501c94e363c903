import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { describePostgres } from '../../server/test/harness/describe-postgres.ts'
import { createDatabase } from '../../server/test/harness/postgres-database.ts'
import { createMemoryStore } from '../src/index.ts'
import { makeFolder, run } from './child.ts'
import { blockBelow } from './readme.ts'
import { checkStore } from './store-check.ts'

// The stores of README.md are run as they are written there, each in two processes that share the database.

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const removals: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const remove of removals.reverse()) await remove()
})

async function checkBlock(heading: string, env: Record<string, string> = {}): Promise<void> {
  const { folder, remove } = await makeFolder({
    'package.json': '{ "type": "module" }',
    'store.ts': blockBelow(heading),
    'store-check.ts': readFileSync(new URL('./store-check.ts', import.meta.url), 'utf8'),
    'claim.ts': "import { store } from './store.ts'\nconsole.log(await store.claim('shared', 60_000)); process.exit()",
    'main.ts': `import { checkStore } from './store-check.ts'
      import { store } from './store.ts'
      await checkStore(store, 'check')
      console.log(await store.claim('shared', 60_000))
      process.exit()`,
  })
  removals.push(remove)
  symlinkSync(modules, join(folder, 'node_modules'))
  const options = { cwd: folder, env: { ...process.env, ...env } }
  expect((await run(process.execPath, ['main.ts'], options)).stdout).toBe('claimed\n')
  expect((await run(process.execPath, ['claim.ts'], options)).stdout).toBe('running\n')
}

test('memory', async () => {
  await checkStore(createMemoryStore(), 'check')
})

test('SQLite', async () => {
  await checkBlock('SQLite')
})

describePostgres('PostgreSQL', (adminUrl) => {
  test('PostgreSQL', async () => {
    const { url, drop } = await createDatabase(adminUrl)
    removals.push(drop)
    await checkBlock('PostgreSQL', { DATABASE_URL: url })
  })
})

test('Redis', async (context) => {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    const reason = 'skipped: Redis is not installed here (no redis-server on the PATH)'
    console.warn(reason)
    context.skip(reason)
  }
  const port = await freePort()
  const server = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', ''], { stdio: 'pipe' })
  removals.push(async () => {
    server.kill()
    await once(server, 'exit')
  })
  let said = ''
  for await (const chunk of server.stdout) {
    said += chunk
    if (said.includes('Ready to accept connections')) break
  }
  await checkBlock('Redis', { REDIS_URL: `redis://127.0.0.1:${port}` })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
