import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { messageOf } from '../src/lib/errors.ts'
import { startCuttingProxy } from './harness/cutting-proxy.ts'
import { describePostgres } from './harness/describe-postgres.ts'
import { type Receiver, startReceiver } from './harness/receiver.ts'
import { type CallAnswer, callApi, createPostgresDatabase, TEST_API_KEY, TEST_MASTER_KEY } from './harness/ringback.ts'
import { killAllPrograms, startServer } from './harness/server-process.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'
import { useReceiver } from './harness/use-receivers.ts'
import { checkAllDone } from './torture/check-nothing-lost.ts'

afterEach(killAllPrograms)

const BASE_ENV = {
  RINGBACK_MASTER_KEY: TEST_MASTER_KEY,
  RINGBACK_API_KEY: TEST_API_KEY,
  RINGBACK_REQUESTS_PER_MINUTE: '10000000',
}

/** Large enough that a few of them fill what is left of a small disk. */
const CONTENT = `anna@example.com ${'x'.repeat(50_000)}`

function dispatch(origin: string, content = CONTENT): Promise<CallAnswer> {
  return callApi(origin, TEST_API_KEY, 'POST', '/api/v1/content/detect_emails', { content })
}

async function setWebhook(origin: string, receiver: Receiver): Promise<void> {
  const settings = { enabled: true, url: receiver.url, secret: 'a-secret-of-this-test' }
  const answer = await callApi(origin, TEST_API_KEY, 'PATCH', '/api/v1/webhooks/default', settings)
  expect(answer.status).toBe(200)
}

/** Dispatches until one is refused; gives the ids that were answered 202. */
async function dispatchUntilRefused(origin: string): Promise<string[]> {
  const accepted: string[] = []
  await until('a dispatch is refused', async () => {
    const answer = await dispatch(origin)
    if (answer.status === 202) {
      accepted.push(answer.json.job_id)
      return null
    }
    expect(answer.status).toBe(503)
    expect(answer.json).toMatchObject({ code: 'server.unavailable', message: expect.any(String) })
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    return answer
  })
  return accepted
}

async function told(receiver: Receiver, jobIds: readonly string[]): Promise<void> {
  await until(
    'every accepted job was told',
    () => {
      const ids = new Set(receiver.requests.map(({ body }) => JSON.parse(body.toString()).id))
      return jobIds.every((id) => ids.has(id)) ? true : null
    },
    60_000,
  )
}

describePostgres('a PostgreSQL that is away for a while', (_, postgres) => {
  const database = useEngineDatabase(() => createPostgresDatabase(postgres))
  const receiver = useReceiver()

  test('dispatch answers 503 meanwhile, and everything goes on by itself when it is back', async () => {
    const proxied = new URL(database.env.RINGBACK_DATABASE_URL ?? '')
    const proxy = await startCuttingProxy({ host: proxied.hostname, port: Number(proxied.port) })
    proxied.port = String(proxy.port)
    const server = startServer({ ...BASE_ENV, RINGBACK_DATABASE_URL: proxied.href })
    const origin = await server.ready()
    await setWebhook(origin, receiver)
    const before = await dispatch(origin)
    expect(before.status).toBe(202)

    proxy.refuse()
    const accepted = [before.json.job_id, ...(await dispatchUntilRefused(origin))]
    expect((await fetch(`${origin}/health/live`)).status).toBe(200)
    expect((await fetch(`${origin}/health/ready`)).status).toBe(503)
    proxy.accept()
    const after = await until('a dispatch is accepted again', async () => {
      const answer = await dispatch(origin)
      return answer.status === 202 ? answer : null
    })
    await told(receiver, [...accepted, after.json.job_id])
    expect((await fetch(`${origin}/health/ready`)).status).toBe(200)

    await server.stop()
    await checkAllDone(database)
    await proxy.close()
  })
})

describe('a disk that is full for a while (SQLite)', () => {
  test('dispatch answers 503 meanwhile, and everything goes on by itself when there is room', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'ringback-disk-'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder], { stdio: 'pipe' })
    } catch (error) {
      rmSync(folder, { recursive: true })
      skip(`needs the right to mount a small disk: ${messageOf(error)}`)
    }
    const receiver = await startReceiver()
    try {
      const env = { RINGBACK_DATABASE_URL: `file:${join(folder, 'ringback.db')}` }
      const server = startServer({ ...BASE_ENV, ...env })
      const origin = await server.ready()
      await setWebhook(origin, receiver)
      const filler = join(folder, 'filler')
      writeFileSync(filler, Buffer.alloc(12 * 1024 * 1024))
      const accepted = await dispatchUntilRefused(origin)
      expect(accepted.length).toBeGreaterThan(0)
      rmSync(filler)
      const after = await until('a dispatch is accepted again', async () => {
        const answer = await dispatch(origin, 'anna@example.com')
        return answer.status === 202 ? answer : null
      })
      await told(receiver, [...accepted, after.json.job_id])
      await server.stop()
      await checkAllDone({ engine: 'sqlite', env })
    } finally {
      await killAllPrograms()
      await receiver.close()
      execFileSync('umount', [folder])
      rmSync(folder, { recursive: true })
    }
  })
})
