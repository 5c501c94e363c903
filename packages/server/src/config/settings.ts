import { formatDuration } from '../lib/duration.ts'
import { LOG_LEVELS } from '../lib/log.ts'
import { databaseUrl, showDatabase } from './database-url.ts'
import { API_KEY_LENGTH_MIN, apiKey, masterKey } from './keys.ts'
import { parseRoles, retrySchedule } from './lists.ts'
import { modelName } from './model-config.ts'
import { modelPrices } from './model-prices.ts'
import { proxyExceptions, proxyUrl } from './proxy-url.ts'
import { BadValue, setting } from './setting.ts'
import { addressBlock, baseUrl, commaList, duration, oneOf, trueOrFalse, wholeNumber } from './value-parsers.ts'

/** Longest an attempt may take: each one holds a socket and a place in its address's cap all the while. */
const WEBHOOK_TIMEOUT_MS_MAX = 60_000

/** More running jobs than any provider or machine takes. */
const JOBS_AT_ONCE_MAX = 100_000

/** A job that nobody started for a month is forgotten by whoever sent it. */
const JOB_WAIT_MS_MAX = 30 * 86_400_000

/** Longest run: longer ones belong into parts. */
const JOB_RUN_MS_MAX = 6 * 3_600_000

/** An idempotency key is remembered for up to 25 hours, and the job that it stands for must be there so long. */
const RETENTION_MS_MIN = 2 * 86_400_000

/** Ten years: longer is `forever`. */
export const RETENTION_MS_MAX = 3_650 * 86_400_000

/** A result must be there for a moment: whoever is told without it fetches it then. */
export const PAYLOAD_RETENTION_MS_MIN = 60_000

/**
 * All settings of Ringback, in the order in which docs/settings.md lists them. Parser, defaults, start log, `doctor`
 * and docs come from this table; a setting that is not in it stops the start.
 */
export const SETTINGS = {
  host: setting({
    name: 'RINGBACK_HOST',
    description: 'The address to listen on. `0.0.0.0` or `::` accepts connections from other machines.',
    default: '127.0.0.1',
    secret: false,
    expected: 'an IP address or a host name',
    example: '0.0.0.0',
    parse(text) {
      if (!/^[A-Za-z0-9._:-]+$/.test(text)) throw new BadValue()
      return text
    },
    show: (config) => config.host,
  }),
  port: setting({
    name: 'RINGBACK_PORT',
    description: 'The port to listen on. `0` takes any free one.',
    default: '4400',
    secret: false,
    expected: 'a whole number from 0 to 65535',
    example: '8080',
    parse: wholeNumber(0, 65_535),
    show: (config) => String(config.port),
  }),
  publicUrl: setting({
    name: 'RINGBACK_PUBLIC_URL',
    description: 'The address under which clients reach this server; `status_url` and `result_url` begin with it.',
    default: null,
    whenUnset: 'http://localhost:<port>',
    secret: false,
    expected: 'an http or https address',
    example: 'https://jobs.example.com',
    parse: baseUrl,
    show: (config) => config.publicUrl,
  }),
  database: setting({
    name: 'RINGBACK_DATABASE_URL',
    description: 'Where everything is kept: a file of the embedded database, or a PostgreSQL database.',
    default: 'file:./data/ringback.db',
    secret: false,
    expected: 'file:<path> or postgres://<user>:<password>@<host>/<database>',
    example: 'postgres://ringback@db.internal/ringback',
    parse: databaseUrl,
    show: (config) => showDatabase(config.database),
  }),
  apiKey: setting({
    name: 'RINGBACK_API_KEY',
    description: 'The first API key of the account `default`.',
    default: null,
    whenUnset: 'generated at the first start and shown once',
    secret: true,
    expected: `at least ${API_KEY_LENGTH_MIN} characters that are hard to guess`,
    example: 'the output of `openssl rand -hex 24`',
    parse: apiKey,
    show: (config) => (config.apiKey === null ? 'not set' : 'set'),
  }),
  masterKey: setting({
    name: 'RINGBACK_MASTER_KEY',
    description:
      'Encrypts the secrets of webhooks in the database. Must be the same for all processes, and must not change.',
    default: null,
    whenUnset: 'generated beside the database file; must be set with PostgreSQL',
    secret: true,
    expected: '32 random bytes in base64, base64url or hex',
    example: 'the output of `openssl rand -base64 32`',
    parse: masterKey,
    show: (config) => (config.masterKey === null ? 'from the file beside the database' : 'set'),
  }),
  roles: setting({
    name: 'RINGBACK_ROLES',
    description:
      'Which parts run in this process: `api` answers requests, `runner` runs jobs, `courier` sends webhooks. Every process answers `/health/live`, `/health/ready` and `/metrics`.',
    default: 'api,runner,courier',
    secret: false,
    expected: 'a list of api, runner and courier',
    example: 'runner,courier',
    parse: parseRoles,
    show: (config) => [...config.roles].join(','),
  }),
  model: setting({
    name: 'RINGBACK_MODEL',
    description:
      'The language model of tasks that need one, as `<provider>/<model>`. Providers: `openai`, `anthropic`, `google`, and `compatible` for any server that speaks the OpenAI protocol.',
    default: null,
    whenUnset: 'none: jobs that need a model end as failed',
    secret: false,
    expected: '<provider>/<model> with provider openai, anthropic, google or compatible',
    example: 'compatible/llama3.2',
    parse: modelName,
    show: ({ model }) => (model === null ? 'none' : `${model.provider}/${model.modelId}`),
  }),
  modelBaseUrl: setting({
    name: 'RINGBACK_MODEL_BASE_URL',
    description:
      'Where the protocol of the provider is spoken, with its version: `…/v1`, and `…/v1beta` for `google`. Needed with `compatible`; with the others it leads through a gateway or proxy.',
    default: null,
    whenUnset: 'the address of the provider',
    secret: false,
    expected: 'an http or https address',
    example: 'http://localhost:11434/v1',
    parse: baseUrl,
    show: ({ model }) => model?.baseUrl ?? 'not set',
  }),
  modelApiKey: setting({
    name: 'RINGBACK_MODEL_API_KEY',
    description:
      'The key for the provider. `OPENAI_API_KEY`, `ANTHROPIC_API_KEY` or `GOOGLE_GENERATIVE_AI_API_KEY` is taken when this is unset.',
    default: null,
    whenUnset: "the provider's own variable",
    secret: true,
    expected: 'a key',
    example: 'what the provider gave you',
    parse: (text) => text,
    show: ({ model }) => ((model?.apiKey ?? null) === null ? 'not set' : 'set'),
  }),
  modelPrices: setting({
    name: 'RINGBACK_MODEL_PRICES',
    description:
      'What models cost, in US dollars for a million tokens, as JSON or as the path of a JSON file. Goes over the list prices that the server knows; see docs/runner.md.',
    default: '',
    secret: false,
    expected: 'a JSON object of prices by <provider>/<model>, or the path of a file with one',
    example: '{"compatible/llama3.2":{"input":0.1,"output":0.4}}',
    parse: modelPrices,
    show: ({ modelPrices: prices }) => [...new Set(prices.map(({ model }) => model))].join(',') || 'list prices',
  }),
  jobsPerAccount: setting({
    name: 'RINGBACK_JOBS_PER_ACCOUNT',
    description: 'Jobs of one account that may run at once, in all processes together. More wait for their turn.',
    default: '64',
    secret: false,
    expected: 'a whole number from 1 to 100000',
    example: '16',
    parse: wholeNumber(1, JOBS_AT_ONCE_MAX),
    show: ({ jobCaps }) => String(jobCaps.perAccount),
  }),
  jobsPerProvider: setting({
    name: 'RINGBACK_JOBS_PER_PROVIDER',
    description:
      'Jobs that may be at one model of one provider at once, in all processes together. Small machines that run a model themselves want a small number.',
    default: '128',
    secret: false,
    expected: 'a whole number from 1 to 100000',
    example: '4',
    parse: wholeNumber(1, JOBS_AT_ONCE_MAX),
    show: ({ jobCaps }) => String(jobCaps.perLane),
  }),
  workerJobsMax: setting({
    name: 'RINGBACK_WORKER_JOBS_PER_ACCOUNT',
    description: "Jobs that an account's own workers may have leased at once. More wait until some have ended.",
    default: '1000',
    secret: false,
    expected: 'a whole number from 1 to 100000',
    example: '50',
    parse: wholeNumber(1, JOBS_AT_ONCE_MAX),
    show: (config) => String(config.workerJobsMax),
  }),
  jobWaitMaxMs: setting({
    name: 'RINGBACK_JOB_WAIT_TIMEOUT',
    description:
      'How long a job may wait for its first start, or for a provider that limits requests, before it ends as failed.',
    default: '24h',
    secret: false,
    expected: 'a duration from 1s to 30d',
    example: '1h',
    parse: duration(1_000, JOB_WAIT_MS_MAX),
    show: (config) => formatDuration(config.jobWaitMaxMs),
  }),
  jobRunMaxMs: setting({
    name: 'RINGBACK_JOB_RUN_TIMEOUT',
    description: 'How long one run of a job may take before it is given up and the job ends as failed.',
    default: '10m',
    secret: false,
    expected: 'a duration from 1s to 6h',
    example: '3m',
    parse: duration(1_000, JOB_RUN_MS_MAX),
    show: (config) => formatDuration(config.jobRunMaxMs),
  }),
  modelVision: setting({
    name: 'RINGBACK_MODEL_VISION',
    description:
      'Whether the model can be shown pictures: photographed and scanned documents need that. `auto` goes by the name of the model.',
    default: 'auto',
    secret: false,
    expected: 'auto, on or off',
    example: 'on',
    parse: oneOf(['auto', 'on', 'off']),
    show: (config) => config.modelVision,
  }),
  webhookRetryScheduleMs: setting({
    name: 'RINGBACK_WEBHOOK_RETRY_SCHEDULE',
    description: 'How long to wait before each retry of a delivery. Empty: no retries.',
    default: '10s,1m,10m',
    secret: false,
    expected: 'at most 20 durations from 10ms to 24h, separated by commas, or nothing',
    example: '5s,30s,5m,1h',
    emptyIsValue: true,
    parse: retrySchedule,
    show: ({ webhookRetryScheduleMs }) => webhookRetryScheduleMs.map(formatDuration).join(',') || 'no retries',
  }),
  webhookTimeoutMs: setting({
    name: 'RINGBACK_WEBHOOK_TIMEOUT',
    description: 'The deadline of an attempt, from the name look-up to the last byte of the answer.',
    default: '10s',
    secret: false,
    expected: 'a duration from 100ms to 60s',
    example: '5s',
    parse: duration(100, WEBHOOK_TIMEOUT_MS_MAX),
    show: (config) => formatDuration(config.webhookTimeoutMs),
  }),
  webhookUserAgent: setting({
    name: 'RINGBACK_WEBHOOK_USER_AGENT',
    description: 'The `User-Agent` header of webhooks.',
    default: 'SharpAPIWebhook/1.0',
    secret: false,
    expected: '1 to 200 printable ASCII characters',
    example: 'AcmeJobs/2.1',
    parse(text) {
      if (!/^[\x20-\x7e]{1,200}$/.test(text)) throw new BadValue()
      return text
    },
    show: (config) => config.webhookUserAgent,
  }),
  webhookProxy: setting({
    name: 'RINGBACK_WEBHOOK_PROXY',
    description:
      'An HTTP proxy (by `CONNECT`) or SOCKS5 proxy that webhooks leave through. Names are resolved and checked here, with `socks5h` too; the proxy gets addresses.',
    default: null,
    whenUnset: 'none',
    secret: true,
    expected: 'http://<host>:<port> or socks5://<host>:<port>, with <user>:<password>@ when it asks for them',
    example: 'http://proxy.internal:3128',
    parse: proxyUrl,
    show: ({ webhookProxy }) =>
      webhookProxy === null ? 'none' : `${webhookProxy.protocol}://${webhookProxy.hostname}:${webhookProxy.port}`,
  }),
  webhookProxyExcept: setting({
    name: 'RINGBACK_WEBHOOK_PROXY_EXCEPT',
    description: 'Hosts that webhooks reach past the proxy; with a dot in front, all names below a domain.',
    default: '',
    secret: false,
    expected: 'host names, .domains or IP addresses, separated by commas',
    example: 'hooks.internal,.svc.cluster.local',
    parse: proxyExceptions,
    show: (config) => config.webhookProxyExcept.join(',') || 'none',
  }),
  allowHttpTargets: setting({
    name: 'RINGBACK_ALLOW_HTTP_TARGETS',
    description: 'Accept webhook addresses without TLS (`http:`).',
    default: 'false',
    secret: false,
    expected: 'true or false',
    example: 'true',
    parse: trueOrFalse,
    show: (config) => String(config.allowHttpTargets),
  }),
  allowPrivateTargets: setting({
    name: 'RINGBACK_ALLOW_PRIVATE_TARGETS',
    description: 'Addresses that webhooks may reach although they are not public: exactly these and no others.',
    default: '',
    secret: false,
    expected: 'IP addresses or CIDR blocks, separated by commas',
    example: '10.20.0.0/16,fd00:20::/32',
    parse: (text) => commaList(text).map(addressBlock),
    show: (config) => config.allowPrivateTargets.join(',') || 'none',
  }),
  requestsPerMinute: setting({
    name: 'RINGBACK_REQUESTS_PER_MINUTE',
    description: 'How many API requests an account may make in a minute; more are answered 429.',
    default: '6000',
    secret: false,
    expected: 'a whole number from 1 to 10000000',
    example: '600',
    parse: wholeNumber(1, 10_000_000),
    show: (config) => String(config.requestsPerMinute),
  }),
  documentMegabytes: setting({
    name: 'RINGBACK_DOCUMENT_MEGABYTES',
    description: 'The largest file that an upload may have, in MiB; larger ones are answered 413.',
    default: '100',
    secret: false,
    expected: 'a whole number from 1 to 1000',
    example: '20',
    parse: wholeNumber(1, 1_000),
    show: (config) => String(config.documentBytesMax / 1024 / 1024),
  }),
  documentRetentionMs: setting({
    name: 'RINGBACK_DOCUMENT_RETENTION',
    description: 'How long an uploaded document is kept after its job has ended; it may be an hour longer.',
    default: '24h',
    secret: false,
    expected: 'a duration from 0s to 365d',
    example: '1h',
    parse: duration(0, 365 * 24 * 3_600_000),
    show: (config) => formatDuration(config.documentRetentionMs),
  }),
  retentionMs: setting({
    name: 'RINGBACK_RETENTION',
    description:
      'How long jobs are kept after their last delivery has ended, with deliveries and attempts; then they are deleted, a day later at most. Must be the same for all processes.',
    default: '90d',
    secret: false,
    expected: 'a duration from 2d to 3650d, or forever',
    example: '365d',
    parse: (text) => (text === 'forever' ? null : duration(RETENTION_MS_MIN, RETENTION_MS_MAX)(text)),
    show: ({ retentionMs }) => (retentionMs === null ? 'forever' : formatDuration(retentionMs)),
  }),
  payloadRetentionMs: setting({
    name: 'RINGBACK_PAYLOAD_RETENTION',
    description:
      'How long the payloads of a job are kept after its last delivery has ended: input, result, webhook bodies and what receivers answered. Then they are removed, a day later at most, and the record of what happened stays. A job may ask for less (`Payload-Retention`).',
    default: null,
    whenUnset: 'as long as the job',
    secret: false,
    expected: 'a duration from 1m to 3650d',
    example: '7d',
    parse: duration(PAYLOAD_RETENTION_MS_MIN, RETENTION_MS_MAX),
    show: ({ payloadRetentionMs }) => (payloadRetentionMs === null ? 'not set' : formatDuration(payloadRetentionMs)),
  }),
  configFile: setting({
    name: 'RINGBACK_CONFIG',
    description: 'A TypeScript or JavaScript file that defines job types in code. Must be the same for all processes.',
    default: null,
    whenUnset: '`ringback.config.ts` in the folder where the server is started, if it is there',
    secret: false,
    expected: 'the path of a file that ends with .ts, .mts, .js or .mjs',
    example: './jobs/ringback.config.ts',
    parse(text) {
      if (!/\.m?[jt]s$/.test(text)) throw new BadValue()
      return text
    },
    show: (config) => config.configFile ?? 'ringback.config.ts, if it is there',
  }),
  logLevel: setting({
    name: 'RINGBACK_LOG_LEVEL',
    description:
      'The least important log lines that are written: `fatal`, `error`, `warn`, `info`, `debug` or `silent`.',
    default: 'info',
    secret: false,
    expected: LOG_LEVELS.join(', '),
    example: 'warn',
    parse: oneOf(LOG_LEVELS),
    show: (config) => config.logLevel,
  }),
}
