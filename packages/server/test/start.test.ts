import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { EXIT_CODES } from '../src/lib/errors.ts'
import { callApi, freePort, TEST_API_KEY, TEST_MASTER_KEY } from './harness/ringback.ts'
import { killAllPrograms, type ProcessEnd, startProgram, startServer } from './harness/server-process.ts'

// Starts of the real program, good and bad. What both engines share is in start-engines.test.ts.

// A program takes half a second to start, and longer on a machine that is busy with other things.
vi.setConfig({ testTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), 'ringback-start-'))
const PASSWORD = 's3cret-p4ssw0rd'

afterEach(killAllPrograms)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let databases = 0
/** Where a database can be that nobody else uses. */
function newDatabase(): { readonly url: string; readonly file: string } {
  const file = join(folder, `${++databases}.db`)
  return { url: `file:${file}`, file }
}

/** The problems that a start ended with: one a line, no stack, nothing on standard output. */
function problemsOf({ stdout, stderr }: ProcessEnd): string[] {
  expect(stdout).toBe('')
  const [heading, ...lines] = stderr.trimEnd().split('\n')
  expect(heading).toBe('Ringback cannot start:')
  for (const line of lines) expect(line).toMatch(/^ {2}- \S/)
  return lines.map((line) => line.slice('  - '.length))
}

describe('settings that are wrong', () => {
  test('are all listed at once, with unknown names, one line each, and exit code 78', async () => {
    const end = await startProgram(['serve'], {
      RINGBACK_HOTS: '0.0.0.0',
      RINGBACK_SOMETHING_ELSE: '1',
      RINGBACK_PORT: '70000',
      RINGBACK_WEBHOOK_TIMEOUT: 'soon',
      RINGBACK_ALLOW_HTTP_TARGETS: 'yes',
      RINGBACK_DATABASE_URL: `mysql://root:${PASSWORD}@localhost/ringback`,
      RINGBACK_MASTER_KEY: PASSWORD,
    }).ended
    expect(end.code).toBe(EXIT_CODES.config)
    const problems = problemsOf(end)
    expect(problems).toHaveLength(7)
    expect(problems[0]).toBe('RINGBACK_HOTS is not a setting; did you mean RINGBACK_HOST?')
    for (const name of [
      'SOMETHING_ELSE',
      'PORT',
      'WEBHOOK_TIMEOUT',
      'ALLOW_HTTP_TARGETS',
      'DATABASE_URL',
      'MASTER_KEY',
    ])
      expect(problems.filter((problem) => problem.startsWith(`RINGBACK_${name}`))).toHaveLength(1)
    expect(end.stderr).not.toContain(PASSWORD)
  })

  test.each([
    ['an engine that is none', `mysql://root:${PASSWORD}@localhost/ringback`],
    ['a password that is not encoded', `postgres://ringback:${PASSWORD}#/@localhost/ringback`],
    ['a port that is none', `postgres://ringback:${PASSWORD}@localhost:port/ringback`],
    ['no name of a database', `postgres://ringback:${PASSWORD}@localhost`],
    ['a database in memory', 'file::memory:'],
    ['no file', 'file:'],
  ])('a database URL with %s ends with exit code 78 and does not repeat a password', async (_what, url) => {
    const env = { RINGBACK_DATABASE_URL: url, RINGBACK_MASTER_KEY: TEST_MASTER_KEY }
    const end = await startProgram(['serve'], env).ended
    expect(end.code).toBe(EXIT_CODES.config)
    expect(problemsOf(end)).toEqual([expect.stringMatching(/^RINGBACK_DATABASE_URL=/)])
    expect(end.stderr).not.toContain(PASSWORD)
  })

  test.each([[['frobnicate']], [['serve', '--port', '1']], [['keys', 'revoke']]])(
    'arguments that make no sense (%j) end with exit code 64 and the usage',
    async (args) => {
      const { code, stdout, stderr } = await startProgram(args).ended
      expect({ code, stdout }).toEqual({ code: EXIT_CODES.usage, stdout: '' })
      expect(stderr).toContain('Usage: ringback')
      expect(stderr).not.toMatch(/\n\s+at /)
    },
  )
})

describe('a database that cannot be used', () => {
  test('a PostgreSQL that nobody can reach ends with exit code 69, without its password', async () => {
    const port = await freePort()
    const end = await startProgram(['serve'], {
      RINGBACK_DATABASE_URL: `postgres://ringback:${PASSWORD}@127.0.0.1:${port}/jobs`,
      RINGBACK_MASTER_KEY: TEST_MASTER_KEY,
    }).ended
    expect(end.code).toBe(EXIT_CODES.unavailable)
    const [problem, ...others] = problemsOf(end)
    expect(problem).toContain(`"jobs" at 127.0.0.1:${port}`)
    expect(others).toEqual([])
    expect(end.stderr).not.toContain(PASSWORD)
  })

  test('a file that is no database ends with exit code 69 and stays as it is', async () => {
    const { file, url } = newDatabase()
    const text = 'Dear diary, today I wrote nothing that SQLite can read.\n'.repeat(100)
    writeFileSync(file, text)
    const end = await startProgram(['serve'], { RINGBACK_DATABASE_URL: url }).ended
    expect(end.code).toBe(EXIT_CODES.unavailable)
    expect(problemsOf(end)).toEqual([expect.stringContaining(file)])
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('a folder in the place of the file ends with exit code 69', async () => {
    const end = await startProgram(['serve'], { RINGBACK_DATABASE_URL: `file:${folder}` }).ended
    expect(end.code).toBe(EXIT_CODES.unavailable)
    expect(problemsOf(end)).toEqual([expect.stringContaining(folder)])
  })
})

describe('the first key', () => {
  const KEY_LINE = /^ {2}API key {2}(rb_\S+)$/m

  test('is shown by the first start, opens the API from then on, and is not shown again', async () => {
    const env = { RINGBACK_DATABASE_URL: newDatabase().url }
    const first = startServer(env)
    await first.ready()
    const key = KEY_LINE.exec(first.output().stdout)?.[1] as string
    await first.stop()

    const second = startServer(env)
    const origin = await second.ready()
    expect((await callApi(origin, key, 'GET', '/api/v1/quota')).status).toBe(200)
    const { stdout } = await second.stop()
    expect(stdout).not.toMatch(KEY_LINE)
    expect(stdout).not.toContain(key)
  })

  test('is not used up by a start that finds its port in use and ends with exit code 69', async () => {
    const env = { RINGBACK_DATABASE_URL: newDatabase().url }
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const end = await startProgram(['serve'], { ...env, RINGBACK_PORT: String(port) }).ended
    await new Promise((resolve) => other.close(resolve))
    expect(end.code).toBe(EXIT_CODES.unavailable)
    expect(problemsOf(end)).toEqual([expect.stringMatching(new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is in use;`))])

    const server = startServer(env)
    await server.ready()
    expect(server.output().stdout).toMatch(KEY_LINE)
  })
})

describe('the sample request of the banner', () => {
  beforeEach((context) => {
    if (spawnSync('curl', ['--version']).status === 0) return
    const reason = 'skipped: there is no curl on the PATH'
    // The reporter counts skipped tests but prints no reason.
    console.warn(reason)
    context.skip(reason)
  })

  test.each([
    ['a key that was generated', {}],
    ['a key that was given, and is in the environment', { RINGBACK_API_KEY: TEST_API_KEY }],
  ])('runs as it stands, with %s', async (_what, keyEnv) => {
    const server = startServer({ RINGBACK_DATABASE_URL: newDatabase().url, ...keyEnv })
    const origin = await server.ready()
    const [, command = ''] = /^Try it:\n\n(curl .*?')$/ms.exec(server.output().stdout) ?? []
    expect(command).toContain(`${origin}/api/v1/`)

    const shell = spawnSync('sh', ['-c', command], { encoding: 'utf8', env: { PATH: process.env.PATH, ...keyEnv } })
    expect(shell.stderr).toBe('')
    const { status_url, job_id } = JSON.parse(shell.stdout)
    expect(new URL(status_url).pathname).toBe(`/api/v1/content/detect_phones/job/status/${job_id}`)
  })
})
