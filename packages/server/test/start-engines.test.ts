import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { EXIT_CODES } from '../src/lib/errors.ts'
import { describePostgres } from './harness/describe-postgres.ts'
import { createDatabase, type TestDatabase } from './harness/postgres-database.ts'
import { queryDatabase } from './harness/query-database.ts'
import { callApi, describeEngines, TEST_API_KEY, TEST_MASTER_KEY } from './harness/ringback.ts'
import { killAllPrograms, startProgram, startServer } from './harness/server-process.ts'
import { useEngineDatabase } from './harness/use-database.ts'
import { useReceiver } from './harness/use-receivers.ts'

// A program takes half a second to start, and longer on a machine that is busy with other things.
vi.setConfig({ testTimeout: 120_000 })

const OTHER_MASTER_KEY = Buffer.alloc(32, 8).toString('base64')

describeEngines('the program on a database', (createEngineDatabase) => {
  const database = useEngineDatabase(createEngineDatabase)
  const receiver = useReceiver()
  afterEach(killAllPrograms)

  test('a database of a newer version is left alone: exit code 75, and what it has that is not known', async () => {
    await startProgram(['migrate'], database.env).ended
    await queryDatabase(
      database,
      `insert into schema_migrations (version, name, hash, applied_at) values (9000, '9000_from_the_future', 'x', 0)`,
    )
    for (const command of ['serve', 'migrate']) {
      const { code, stdout, stderr } = await startProgram([command], database.env).ended
      expect({ code, stdout }).toEqual({ code: EXIT_CODES.newerDatabase, stdout: '' })
      expect(stderr).toMatch(/^Ringback cannot start:\n {2}- .*9000_from_the_future.*\n$/)
    }
  })

  test('another master key than the first one ends with exit code 78; the first one goes on working', async () => {
    const first = startServer(database.env)
    await first.ready()
    await first.stop()

    const wrong = await startServer({ ...database.env, RINGBACK_MASTER_KEY: OTHER_MASTER_KEY }).ended
    expect({ code: wrong.code, stdout: wrong.stdout }).toEqual({ code: EXIT_CODES.config, stdout: '' })
    expect(wrong.stderr).toMatch(/^Ringback cannot start:\n {2}- the master key in RINGBACK_MASTER_KEY .*\n$/)
    expect(wrong.stderr).not.toContain(OTHER_MASTER_KEY)

    const again = startServer(database.env)
    await again.ready()
    expect((await again.stop()).code).toBe(0)
  })

  test('SIGTERM waits for the delivery that is under way and records it, then ends with exit code 0', async () => {
    let answerNow = () => {}
    receiver.answerWith((_request, response) => {
      answerNow = () => response.end('late')
    })
    const server = startServer({
      ...database.env,
      RINGBACK_API_KEY: TEST_API_KEY,
      RINGBACK_LOG_LEVEL: 'info',
      RINGBACK_WEBHOOK_TIMEOUT: '60s',
    })
    const origin = await server.ready()
    const headers = { 'Job-Webhook': receiver.url }
    const settings = { secret: 'a secret of this test' }
    await callApi(origin, TEST_API_KEY, 'PATCH', '/api/v1/webhooks/default', settings)
    const body = { content: 'write to anna@example.com' }
    const answer = await callApi(origin, TEST_API_KEY, 'POST', '/api/v1/content/detect_emails', body, headers)
    expect(answer.status).toBe(202)
    await receiver.request(1)

    const stopped = server.stop()
    await server.printed(/"msg":"stopping/)
    answerNow()
    expect(await stopped).toMatchObject({ code: 0, stderr: '' })
    expect(receiver.requests).toHaveLength(1)
    const [delivery] = await queryDatabase(database, 'select status, attempt_count, leased_by from deliveries')
    expect(delivery).toEqual({ status: 'delivered', attempt_count: 1, leased_by: null })
  })
})

describePostgres('the password of a PostgreSQL', (adminUrl) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase(adminUrl)
  })
  afterEach(async () => {
    await killAllPrograms()
    await database.drop()
  })

  const settings = (url: string) => ({ RINGBACK_DATABASE_URL: url, RINGBACK_MASTER_KEY: TEST_MASTER_KEY })

  test('is in no output of a server that starts, loses all its connections and stops', async () => {
    const { password } = new URL(database.url)
    const server = startServer({ ...settings(database.url), RINGBACK_LOG_LEVEL: 'debug' })
    await server.ready()
    await queryDatabase(
      { engine: 'postgres', env: settings(database.url) },
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await server.printed(/"msg":"not listening for work/)
    const { code, stdout, stderr } = await server.stop()
    expect(code).toBe(0)
    expect(stdout).toContain('postgres://***@127.0.0.1')
    expect(stdout + stderr).not.toContain(password)
  })

  test.each([
    ['migrate', EXIT_CODES.ok],
    ['doctor', EXIT_CODES.ok],
  ])('is in no output of `ringback %s`', async (command, exitCode) => {
    const { code, stdout, stderr } = await startProgram([command], settings(database.url)).ended
    expect(code).toBe(exitCode)
    expect(stdout + stderr).not.toContain(new URL(database.url).password)
  })

  test('is not repeated when it is wrong, or when the database is not there: exit code 69', async () => {
    const wrong = new URL(database.url)
    wrong.password = 'wr0ng-p4ssw0rd'
    const missing = new URL(database.url)
    missing.pathname = '/not_there'
    for (const url of [wrong, missing]) {
      const { code, stdout, stderr } = await startProgram(['serve'], settings(url.href)).ended
      expect({ code, stdout }).toEqual({ code: EXIT_CODES.unavailable, stdout: '' })
      expect(stderr).toMatch(/^Ringback cannot start:\n {2}- the database .*\n$/)
      expect(stderr).not.toContain(url.password)
    }
  })
})
