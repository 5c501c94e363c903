import { describe, expect, test } from 'vitest'
import type { Config } from '../config.ts'
import { EXIT_CODES, StartError } from '../lib/errors.ts'
import { describeConfig } from './describe-config.ts'
import { type Environment, parseConfig } from './parse-config.ts'

const MASTER_KEY = 'q3Zr7uY1mB9xW5tN0cE8hJ2kL6pS4vA+dFgQwIoRzUs='

function problemsOf(env: Environment): readonly string[] {
  try {
    parseConfig(env)
  } catch (error) {
    if (error instanceof StartError) {
      expect(error.exitCode).toBe(EXIT_CODES.config)
      return error.problems
    }
    throw error
  }
  return []
}

describe('parseConfig', () => {
  test('an empty environment gives the documented defaults', () => {
    expect(parseConfig({ PATH: '/usr/bin', HOME: '/root' })).toEqual({
      host: '127.0.0.1',
      port: 4400,
      publicUrl: 'http://localhost:4400',
      database: { engine: 'sqlite', file: './data/ringback.db' },
      apiKey: null,
      masterKey: null,
      roles: new Set(['api', 'runner', 'courier']),
      model: null,
      modelPrices: [],
      jobCaps: { perAccount: 64, perLane: 128 },
      workerJobsMax: 1_000,
      jobWaitMaxMs: 86_400_000,
      jobRunMaxMs: 600_000,
      webhookRetryScheduleMs: [10_000, 60_000, 600_000],
      webhookTimeoutMs: 10_000,
      webhookUserAgent: 'SharpAPIWebhook/1.0',
      webhookProxy: null,
      webhookProxyExcept: [],
      allowHttpTargets: false,
      allowPrivateTargets: [],
      requestsPerMinute: 6_000,
      modelVision: 'auto',
      documentBytesMax: 100 * 1024 * 1024,
      documentRetentionMs: 24 * 3_600_000,
      retentionMs: 90 * 24 * 3_600_000,
      payloadRetentionMs: null,
      configFile: null,
      logLevel: 'info',
    } satisfies Config)
  })

  test('the configuration cannot be changed after it was read', () => {
    const config = parseConfig({})
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.database)).toBe(true)
    expect(Object.isFrozen(config.webhookRetryScheduleMs)).toBe(true)
  })

  test('every problem is listed at once, and a good value beside them is no problem', () => {
    const problems = problemsOf({
      RINGBACK_HOST: '0.0.0.0',
      RINGBACK_PORT: '70000',
      RINGBACK_PROT: '1',
      RINGBACK_ROLES: 'api,worker',
      RINGBACK_WEBHOOK_TIMEOUT: '10',
      RINGBACK_DATABASE_URL: 'mysql://root@db/x',
      RINGBACK_MODEL: 'compatible/llama3.2',
    })
    expect(problems).toEqual([
      'RINGBACK_PROT is not a setting; did you mean RINGBACK_PORT?',
      'RINGBACK_PORT=70000: expected a whole number from 0 to 65535',
      'RINGBACK_DATABASE_URL=mysql://***@db/x: expected file:<path> or postgres://<user>:<password>@<host>/<database>',
      'RINGBACK_ROLES=api,worker: expected a list of api, runner and courier; "worker" is not a role',
      'RINGBACK_WEBHOOK_TIMEOUT=10: expected a duration from 100ms to 60s; "10" is not a duration; write a number with a unit: 500ms, 10s, 1m, 2h, 5d',
      'RINGBACK_MODEL=compatible/llama3.2 needs RINGBACK_MODEL_BASE_URL, e.g. http://localhost:11434/v1',
    ])
  })

  test('an empty variable counts as unset, except that an empty schedule means no retries', () => {
    const config = parseConfig({ RINGBACK_PORT: '', RINGBACK_API_KEY: ' ', RINGBACK_WEBHOOK_RETRY_SCHEDULE: '' })
    expect(config.port).toBe(4400)
    expect(config.apiKey).toBeNull()
    expect(config.webhookRetryScheduleMs).toEqual([])
  })

  test('the slash at the end of a public address is dropped, and so is the white space around a value', () => {
    const config = parseConfig({ RINGBACK_PUBLIC_URL: ' https://jobs.example.com/ringback/ ' })
    expect(config.publicUrl).toBe('https://jobs.example.com/ringback')
  })

  test.each([
    ['file:data/x.db', { engine: 'sqlite', file: 'data/x.db' }],
    ['file:/var/lib/x.db', { engine: 'sqlite', file: '/var/lib/x.db' }],
    ['file:///var/lib/a%20b.db', { engine: 'sqlite', file: '/var/lib/a b.db' }],
  ])('%s is a database file', (url, database) => {
    expect(parseConfig({ RINGBACK_DATABASE_URL: url }).database).toEqual(database)
  })

  test.each(['postgres://u:p@db:5432/x', 'postgresql:///x?host=/run/postgresql'])('%s is PostgreSQL', (url) => {
    const config = parseConfig({ RINGBACK_DATABASE_URL: url, RINGBACK_MASTER_KEY: MASTER_KEY })
    expect(config.database).toEqual({ engine: 'postgres', url })
  })

  test.each([
    'file:',
    'file:data/',
    'file::memory:',
    'file:x.db?mode=ro',
    'file://host/x.db',
    'postgres://u@db',
    'postgres:u@db/x',
    'postgres://u:a#b/c@db/x',
    'data/ringback.db',
  ])('the database address %s stops the start', (url) => {
    const problems = problemsOf({ RINGBACK_DATABASE_URL: url, RINGBACK_MASTER_KEY: MASTER_KEY })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^RINGBACK_DATABASE_URL=/)
  })

  test('PostgreSQL without a master key stops the start and says how to make one', () => {
    expect(problemsOf({ RINGBACK_DATABASE_URL: 'postgres://u@db/x' })).toEqual([
      'PostgreSQL needs a master key that all processes share: set RINGBACK_MASTER_KEY, e.g. the output of: openssl rand -base64 32',
    ])
  })

  test.each([
    ['the first 15 characters', 'k8Jx2mQv9LpR4tZ'],
    ['a sample', 'your-api-key-goes-here-1'],
    ['a sample with capitals', 'CHANGE_ME_PLEASE_7x2'],
    ['one character', 'aaaaaaaaaaaaaaaaaaaaaaaa'],
    ['a row of digits', '1234567890123456'],
    ['white space inside', 'k8Jx2mQv9 LpR4tZw1'],
    ['characters no header can carry', 'k8Jx2mQv9LpR4tZé'],
  ])('an API key that is %s stops the start without being printed', (_what, key) => {
    const problems = problemsOf({ RINGBACK_API_KEY: key })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^RINGBACK_API_KEY: expected at least 16 characters/)
    expect(problems[0]).not.toContain(key)
  })

  test.each([
    MASTER_KEY,
    MASTER_KEY.slice(0, -1),
    MASTER_KEY.replace('+', '-'),
    Buffer.from(MASTER_KEY, 'base64').toString('hex'),
  ])('the master key %s is taken as it is', (key) => {
    expect(parseConfig({ RINGBACK_MASTER_KEY: key }).masterKey).toBe(key)
  })

  test.each(['openssl', MASTER_KEY.slice(0, 42), `${MASTER_KEY}x`, 'ab'.repeat(32), 'z'.repeat(64)])(
    'the master key %s stops the start',
    (key) => {
      const problems = problemsOf({ RINGBACK_MASTER_KEY: key })
      expect(problems).toHaveLength(1)
      expect(problems[0]).not.toContain(key)
    },
  )

  test.each(['0', '1.5', '1e3', '-1', '0x10', 'many'])('%s requests per minute stop the start', (text) => {
    expect(problemsOf({ RINGBACK_REQUESTS_PER_MINUTE: text })).toHaveLength(1)
  })

  test.each(['yes', '1', 'TRUE'])('%s is not a truth value', (text) => {
    expect(problemsOf({ RINGBACK_ALLOW_HTTP_TARGETS: text })).toHaveLength(1)
  })

  test.each(['1s,,2s', '5ms', '25h', 'soon', Array(21).fill('1s').join(',')])(
    'the schedule %s stops the start',
    (text) => {
      expect(problemsOf({ RINGBACK_WEBHOOK_RETRY_SCHEDULE: text })).toHaveLength(1)
    },
  )

  test('a private target can be an address or a block, of both families', () => {
    const config = parseConfig({ RINGBACK_ALLOW_PRIVATE_TARGETS: '10.0.0.7, 127.0.0.0/8, ::1, fd00:20::/32' })
    expect(config.allowPrivateTargets).toEqual(['10.0.0.7/32', '127.0.0.0/8', '::1/128', 'fd00:20::/32'])
  })

  test.each([
    '10.0.0.0/33',
    '10.0.0.7/8',
    'fd00::1/8',
    '10.1/16',
    '0x7f.0.0.1',
    'fe80::1%eth0',
    '::/129',
    'localhost',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    ',',
  ])('the private target %s stops the start', (text) => {
    expect(problemsOf({ RINGBACK_ALLOW_PRIVATE_TARGETS: text })).toHaveLength(1)
  })
})

describe('the model', () => {
  test.each([
    ['openai', 'OPENAI_API_KEY'],
    ['anthropic', 'ANTHROPIC_API_KEY'],
    ['google', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  ])('%s takes its key from %s when RINGBACK_MODEL_API_KEY is unset', (provider, name) => {
    const env = { RINGBACK_MODEL: `${provider}/some-model`, [name]: 'theirs' }
    expect(parseConfig(env).model).toEqual({ provider, modelId: 'some-model', baseUrl: null, apiKey: 'theirs' })
    expect(parseConfig({ ...env, RINGBACK_MODEL_API_KEY: 'ours' }).model?.apiKey).toBe('ours')
  })

  test('a key that is missing is reported with both names that would give it', () => {
    expect(problemsOf({ RINGBACK_MODEL: 'openai/gpt-5' })).toEqual([
      'RINGBACK_MODEL=openai/gpt-5 needs a key: set RINGBACK_MODEL_API_KEY or OPENAI_API_KEY',
    ])
  })

  test('compatible needs an address and no key, and its model may contain slashes', () => {
    const env = { RINGBACK_MODEL: 'compatible/meta/llama-3', RINGBACK_MODEL_BASE_URL: 'http://127.0.0.1:11434/v1/' }
    expect(parseConfig(env).model).toEqual({
      provider: 'compatible',
      modelId: 'meta/llama-3',
      baseUrl: 'http://127.0.0.1:11434/v1',
      apiKey: null,
    })
  })

  test.each(['gpt-5', 'mistral/large', 'openai/', '/x'])('the model %s stops the start', (text) => {
    expect(problemsOf({ RINGBACK_MODEL: text })[0]).toMatch(/^RINGBACK_MODEL=.*expected <provider>/)
  })

  test.each(['openai', 'anthropic', 'google'])('%s can be reached through a gateway', (provider) => {
    const env = {
      RINGBACK_MODEL: `${provider}/some-model`,
      RINGBACK_MODEL_API_KEY: 'k',
      RINGBACK_MODEL_BASE_URL: 'https://gateway.test/v1/',
    }
    expect(parseConfig(env).model).toEqual({
      provider,
      modelId: 'some-model',
      baseUrl: 'https://gateway.test/v1',
      apiKey: 'k',
    })
  })

  test('settings of a model are reported when they have no effect', () => {
    expect(problemsOf({ RINGBACK_MODEL_API_KEY: 'x' })).toEqual([
      'RINGBACK_MODEL_API_KEY is set but RINGBACK_MODEL is not: set RINGBACK_MODEL too',
    ])
  })
})

describe('unknown names', () => {
  test.each([
    ['RINGBACK_DATABSE_URL', 'RINGBACK_DATABASE_URL'],
    ['RINGBACK_WEBHOOK_RETRIES_SCHEDULE', 'RINGBACK_WEBHOOK_RETRY_SCHEDULE'],
    ['RINGBACK_DATABASE', 'RINGBACK_DATABASE_URL'],
    ['RINGBACK_PUBLIC_URI', 'RINGBACK_PUBLIC_URL'],
  ])('%s is answered with %s', (wrong, right) => {
    expect(problemsOf({ [wrong]: 'x' })).toEqual([`${wrong} is not a setting; did you mean ${right}?`])
  })

  test('a name that is like no other is answered without a guess', () => {
    expect(problemsOf({ RINGBACK_COLOUR_OF_THE_SKY: 'blue' })).toEqual([
      'RINGBACK_COLOUR_OF_THE_SKY is not a setting; docs/settings.md lists them all',
    ])
  })
})

test('the start log shows every setting and no secret', () => {
  const secrets = { key: 'k8Jx2mQv9LpR4tZw1', password: 'hunter2hunter2', model: 'sk-very-secret' }
  const lines = describeConfig(
    parseConfig({
      RINGBACK_API_KEY: secrets.key,
      RINGBACK_MASTER_KEY: MASTER_KEY,
      RINGBACK_DATABASE_URL: `postgres://ringback:${secrets.password}@db.internal/ringback?sslpassword=${secrets.password}`,
      RINGBACK_MODEL: 'openai/gpt-5',
      RINGBACK_MODEL_API_KEY: secrets.model,
    }),
  )
  expect(lines).toContain('RINGBACK_DATABASE_URL=postgres://***@db.internal/ringback?sslpassword=***')
  expect(lines).toContain('RINGBACK_API_KEY=set')
  expect(lines).toContain('RINGBACK_WEBHOOK_RETRY_SCHEDULE=10s,1m,10m')
  for (const secret of [...Object.values(secrets), MASTER_KEY]) expect(lines.join('\n')).not.toContain(secret)
})

test('exceptions from a proxy that is not set are a mistake, and told', () => {
  const env = { RINGBACK_WEBHOOK_PROXY_EXCEPT: 'hooks.internal' }
  expect(() => parseConfig(env)).toThrow('set RINGBACK_WEBHOOK_PROXY too')
  const { webhookProxyExcept } = parseConfig({ ...env, RINGBACK_WEBHOOK_PROXY: 'http://proxy:3128' })
  expect(webhookProxyExcept).toEqual(['hooks.internal'])
})
