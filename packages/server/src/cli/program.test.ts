import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import type { Environment } from '../config/parse-config.ts'
import { systemClock } from '../lib/clock.ts'
import { EXIT_CODES, StartError } from '../lib/errors.ts'
import { silentLog } from '../lib/log.ts'
import { systemRandom } from '../lib/random.ts'
import { runProgram } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'ringback-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))
const env = { RINGBACK_DATABASE_URL: `file:${join(folder, 'cli.db')}` }

/** Runs the command line in this process. */
async function run(args: string[], environment: Environment = env) {
  let stdout = ''
  let stderr = ''
  const context = {
    env: environment,
    clock: systemClock,
    random: systemRandom,
    print: (line: string) => {
      stdout += `${line}\n`
    },
    serverLog: () => silentLog,
    commandLog: () => silentLog,
    stopSignal: new AbortController().signal,
    isTerminal: false,
  }
  const output = {
    writeOut: (text: string) => {
      stdout += text
    },
    writeErr: (text: string) => {
      stderr += text
    },
  }
  const exitCode = await runProgram(args, context, output)
  return { exitCode, stdout, stderr }
}

async function problemsOf(args: string[]): Promise<readonly string[]> {
  try {
    await run(args)
  } catch (error) {
    if (error instanceof StartError) return [String(error.exitCode), ...error.problems]
    throw error
  }
  return []
}

describe('arguments', () => {
  test.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['serve', '--port', '1'], "unknown option '--port'"],
    [['keys'], 'Usage: ringback keys'],
    [['keys', 'revoke'], "missing required argument 'id'"],
    [['serve', 'now'], 'too many arguments'],
    [[], 'Usage: ringback'],
  ])('%j ends with exit code 64, what is wrong, and the usage on standard error', async (args, message) => {
    const { exitCode, stdout, stderr } = await run(args)
    expect(exitCode).toBe(EXIT_CODES.usage)
    expect(stderr).toContain(message)
    expect(stderr).toContain('Usage: ringback')
    expect(stdout).toBe('')
  })

  test.each([[['help']], [['--help']], [['keys', '--help']], [['help', 'keys']]])(
    '%j prints the usage',
    async (args) => {
      const { exitCode, stdout } = await run(args)
      expect(exitCode).toBe(EXIT_CODES.ok)
      expect(stdout).toContain('Usage: ringback')
    },
  )

  test.each([[['version']], [['--version']], [['-V']]])('%j prints the version', async (args) => {
    expect(await run(args)).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' })
  })
})

describe('keys and accounts', () => {
  test('a key is printed alone and once, listed by its first characters, and revoked by its id', async () => {
    const created = await run(['keys', 'create', '--name', 'ci'])
    expect(created.stdout).toMatch(/^rb_[A-Za-z0-9_-]{43}\n$/)
    const listed = await run(['keys', 'list'])
    expect(listed.stdout).toContain(`${created.stdout.slice(0, 9)}…`)
    expect(listed.stdout).not.toContain(created.stdout.trim())
    const id = /^([0-9a-f-]{36}) .* ci$/m.exec(listed.stdout)?.[1] ?? ''
    expect((await run(['keys', 'revoke', id])).stdout).toContain(`revoked ${id} (ci)`)
    expect((await run(['keys', 'list'])).stdout).toMatch(new RegExp(`${id} .*Z .*Z .*ci`))
  })

  test('a key is made with the scopes that are named, and with everything when none is', async () => {
    await run(['keys', 'create', '--name', 'worker of ci', '--scope', 'worker', '--scope', 'jobs'])
    await run(['keys', 'create', '--name', 'may all'])
    const { stdout } = await run(['keys', 'list'])
    expect(stdout).toMatch(/ jobs worker +worker of ci$/m)
    expect(stdout).toMatch(/ all +may all$/m)
    expect(await problemsOf(['keys', 'create', '--scope', 'admin'])).toEqual([
      '64',
      '--scope admin: there is no such scope; there are: jobs, read, manage, worker',
    ])
  })

  test('a link to sign in is printed alone, for an account', async () => {
    await run(['accounts', 'create', 'signer'])
    const { stdout } = await run(['sign-in', '--account', 'signer'])
    expect(stdout).toMatch(/^http:\/\/localhost:4400\/dashboard\/sign-in#[\w-]{43}\n$/)
  })

  test('an account can be made once, and has keys of its own', async () => {
    expect((await run(['accounts', 'create', 'acme'])).exitCode).toBe(0)
    expect(await problemsOf(['accounts', 'create', 'acme'])).toEqual(['64', 'there is an account "acme" already'])
    await run(['keys', 'create', '--account', 'acme', '--name', 'only acme'])
    expect((await run(['keys', 'list', '--account', 'acme'])).stdout).toContain('only acme')
    expect((await run(['keys', 'list'])).stdout).not.toContain('only acme')
    expect((await run(['accounts', 'list'])).stdout).toMatch(/instead +default +acme/)
  })

  test('an account can get a rate limit of its own, and lose it again', async () => {
    await run(['accounts', 'create', 'limited'])
    const set = await run(['accounts', 'limit', 'limited', '120'])
    expect(set.stdout).toContain('the account "limited" may make 120 requests in a minute')
    expect((await run(['accounts', 'list'])).stdout).toMatch(/instead +120 +limited/)
    expect((await run(['accounts', 'limit', 'limited', 'default'])).stdout).toContain('RINGBACK_REQUESTS_PER_MINUTE')
    expect((await run(['accounts', 'list'])).stdout).toMatch(/instead +default +limited/)
    for (const wrong of ['0', '-1', '1.5', 'many', '10000001']) {
      const [code, problem] = await problemsOf(['accounts', 'limit', 'limited', '--', wrong])
      expect(code).toBe('64')
      expect(problem).toContain('from 1 to 10000000')
    }
    expect((await problemsOf(['accounts', 'limit', 'gone', '1']))[1]).toContain('there is no account "gone"')
  })

  test('what is not there is named, with what there is', async () => {
    await run(['accounts', 'create', 'here'])
    const [code, problem] = await problemsOf(['keys', 'create', '--account', 'gone'])
    expect(code).toBe('64')
    expect(problem).toMatch(/^there is no account "gone"; there are: .*here/)
    expect(await problemsOf(['keys', 'revoke', 'x'])).toEqual(['64', 'the account has no key x; see: keys list'])
    expect((await problemsOf(['accounts', 'create', 'a b']))[1]).toContain('cannot be the name of an account')
  })
})

describe('a database that is not that of the server', () => {
  test.each([
    [['sign-in']],
    [['keys', 'list']],
    [['keys', 'revoke', 'x']],
    [['accounts', 'list']],
    [['accounts', 'limit', 'default', '5']],
    [['backup', 'x.db']],
  ])('%j says that there is none, instead of making one in which nothing is', async (args) => {
    const file = join(folder, 'elsewhere.db')
    const refused = run(args, { RINGBACK_DATABASE_URL: `file:${file}` })
    await expect(refused).rejects.toMatchObject({
      exitCode: EXIT_CODES.unavailable,
      problems: [expect.stringMatching(/^there is no database file:.*elsewhere\.db.*RINGBACK_DATABASE_URL/)],
    })
    expect(existsSync(file)).toBe(false)
  })

  test('one of an older version is left to serve and migrate', async () => {
    const file = join(folder, 'older.db')
    const older = { RINGBACK_DATABASE_URL: `file:${file}` }
    await run(['migrate'], older)
    const database = new DatabaseSync(file)
    const steps = () => database.prepare('select count(*) as count from schema_migrations').get()?.count
    database.exec('delete from schema_migrations where version = (select max(version) from schema_migrations)')
    const before = steps()
    await expect(run(['keys', 'list'], older)).rejects.toMatchObject({
      exitCode: EXIT_CODES.olderDatabase,
      problems: [expect.stringMatching(/older than this program.* migrate, brings it to this version/)],
    })
    const { exitCode, stdout } = await run(['doctor'], older)
    expect(stdout).toMatch(/^note {3}database {2}The database is older/m)
    expect(exitCode).toBe(EXIT_CODES.ok)
    expect(steps()).toBe(before)
    database.close()
  })

  test('one without its master key file is told so, and gets no other key', async () => {
    const file = join(folder, 'keyless.db')
    const keyless = { RINGBACK_DATABASE_URL: `file:${file}` }
    await run(['migrate'], keyless)
    expect((await run(['doctor'], keyless)).exitCode).toBe(EXIT_CODES.ok)
    rmSync(`${file}.key`)
    const { exitCode, stdout } = await run(['doctor'], keyless)
    expect(stdout).toMatch(/^wrong {2}database {2}there is no master key file .*keyless\.db\.key/m)
    expect(exitCode).toBe(EXIT_CODES.config)
    expect(existsSync(`${file}.key`)).toBe(false)
  })
})

describe('backup', () => {
  test('copies what is committed while the database is open, with its key, and the copy works alone', async () => {
    const file = join(folder, 'live.db')
    const live = { RINGBACK_DATABASE_URL: `file:${file}` }
    await run(['keys', 'create', '--name', 'before'], live)
    await run(['doctor'], live)
    // A server that is running: what it wrote last is in the log beside the file, which a plain copy would lack.
    const server = new DatabaseSync(file)
    server.exec('pragma wal_autocheckpoint = 0')
    server.exec(`update api_keys set name = 'kept'`)
    const copy = join(folder, 'copy.db')
    const { stdout } = await run(['backup', copy], live)
    expect(stdout).toBe(`file:${file} is in ${copy}\nits master key is in ${copy}.key\n`)
    server.close()
    const restored = { RINGBACK_DATABASE_URL: `file:${copy}` }
    expect((await run(['keys', 'list'], restored)).stdout).toMatch(/ kept$/m)
    expect((await run(['doctor'], restored)).exitCode).toBe(EXIT_CODES.ok)
  })

  test('overwrites nothing, leaves nothing half done, and sends PostgreSQL to its own means', async () => {
    const taken = join(folder, 'taken.db')
    writeFileSync(taken, 'precious')
    expect(await problemsOf(['backup', taken])).toEqual([
      '64',
      `${taken} is there already; a backup overwrites nothing`,
    ])
    expect(readFileSync(taken, 'utf8')).toBe('precious')

    const broken = join(folder, 'broken.db')
    writeFileSync(broken, 'no database, only some text that is longer than the head of one would be'.repeat(9))
    writeFileSync(`${broken}.key`, 'key')
    const target = join(folder, 'of-broken.db')
    const failed = run(['backup', target], { RINGBACK_DATABASE_URL: `file:${broken}` })
    await expect(failed).rejects.toMatchObject({ exitCode: EXIT_CODES.unavailable })
    expect(readdirSync(folder).filter((name) => name.startsWith('of-broken'))).toEqual([])

    const postgres = {
      RINGBACK_DATABASE_URL: 'postgres://u:hush@db.internal/x',
      RINGBACK_MASTER_KEY: Buffer.from('a master key that is hard enough').toString('hex'),
    }
    await expect(run(['backup', target], postgres)).rejects.toMatchObject({
      exitCode: EXIT_CODES.usage,
      message: expect.stringMatching(/^(?!.*hush).*pg_dump/),
    })
  })
})

describe('migrate and doctor', () => {
  test('migrate brings the database to this version, again and again', async () => {
    for (let time = 0; time < 2; time++)
      expect((await run(['migrate'])).stdout).toMatch(/^the database file:.* is up to/)
  })

  test('doctor finds nothing wrong on an installation that works, and makes nothing', async () => {
    const fresh = { RINGBACK_DATABASE_URL: `file:${join(folder, 'not-there.db')}` }
    const before = await run(['doctor'], fresh)
    expect(before.stdout).toContain('is not there yet; serve makes it')
    expect(before.exitCode).toBe(0)
    await run(['migrate'])
    const after = await run(['doctor'])
    expect(after.stdout).toMatch(/ok {4} database .* answers in/)
    expect(after.stdout).toMatch(/note {2} model .*RINGBACK_MODEL=/)
    expect(after.stdout).toContain('Nothing is wrong.')
    expect((await run(['doctor'], fresh)).stdout).toContain('is not there yet')
  })

  test('doctor lists wrong settings instead of stopping at them', async () => {
    const { exitCode, stdout } = await run(['doctor'], { RINGBACK_PORT: 'x', RINGBACK_HOTS: 'y' })
    expect(exitCode).toBe(EXIT_CODES.config)
    expect(stdout).toContain('RINGBACK_PORT=x')
    expect(stdout).toContain('did you mean RINGBACK_HOST?')
    expect(stdout).toContain('2 wrong.')
  })

  test('doctor says so when the model does not answer', async () => {
    const { exitCode, stdout } = await run(['doctor'], {
      ...env,
      RINGBACK_MODEL: 'compatible/none',
      // Port 9 (discard) is where nobody listens.
      RINGBACK_MODEL_BASE_URL: 'http://127.0.0.1:9/v1',
    })
    expect(exitCode).toBe(EXIT_CODES.config)
    expect(stdout).toMatch(/wrong {2}model {5}compatible\/none: /)
  })
})

test('demo shows a dispatched job, the webhook that came back, and that both signatures are right', async () => {
  const { exitCode, stdout } = await run(['demo'], {})
  expect(stdout).toContain('answered 202')
  expect(stdout).toMatch(/X-Signature: [0-9a-f]{64}/)
  expect(stdout).toContain('"detected_number"')
  expect(stdout.match(/signature verified/g)).toHaveLength(2)
  expect(exitCode).toBe(0)
})
