import type { Config } from '../config.ts'
import { EXIT_CODES, StartError } from '../lib/errors.ts'
import { modelConfig } from './model-config.ts'
import { nearestName } from './nearest-name.ts'
import { BadValue, type Setting } from './setting.ts'
import { SETTINGS } from './settings.ts'
import { maskPasswords } from './value-parsers.ts'

/** The environment, or a part of it. */
export type Environment = Readonly<Record<string, string | undefined>>

type Settings = typeof SETTINGS

/** What the table's parsers give: null only where a setting has no default. */
type Values = {
  readonly [Key in keyof Settings]: Settings[Key] extends Setting<infer Value, infer Default>
    ? Value | (Default extends string ? never : null)
    : never
}

/**
 * Reads all settings from the environment, once, and gives them checked and frozen. An empty variable counts as unset,
 * except where the empty text is a value (no retries).
 * @throws StartError (exit code `config`) that lists every problem at once: bad values, unknown `RINGBACK_*` names with
 *   the nearest known one, and settings that need another one
 */
export function parseConfig(env: Environment): Config {
  const problems: string[] = unknownNames(env)
  const entries = Object.entries(SETTINGS).map(([key, row]) => [
    key,
    readSetting(row as Setting<unknown>, env, problems),
  ])
  // Object.fromEntries forgets the types of the rows; a row that could not be read makes a problem, and then this
  // object is used for nothing but finding more of them.
  const values = Object.fromEntries(entries) as Values

  const model = modelConfig(values.model, { baseUrl: values.modelBaseUrl, apiKey: values.modelApiKey }, env, problems)
  if (values.database?.engine === 'postgres' && values.masterKey === null && !isGiven(env, SETTINGS.masterKey)) {
    problems.push(
      'PostgreSQL needs a master key that all processes share: set RINGBACK_MASTER_KEY, e.g. the output of: openssl rand -base64 32',
    )
  }
  if (values.webhookProxy === null && values.webhookProxyExcept?.length > 0 && !isGiven(env, SETTINGS.webhookProxy)) {
    problems.push('RINGBACK_WEBHOOK_PROXY_EXCEPT says what goes past a proxy: set RINGBACK_WEBHOOK_PROXY too')
  }
  if (
    values.payloadRetentionMs !== null &&
    values.retentionMs !== null &&
    values.payloadRetentionMs > values.retentionMs
  ) {
    problems.push(
      'RINGBACK_PAYLOAD_RETENTION is longer than RINGBACK_RETENTION, and payloads go with their job at the latest',
    )
  }
  if (problems.length > 0) throw new StartError(EXIT_CODES.config, problems)

  return Object.freeze({
    host: values.host,
    port: values.port,
    publicUrl: values.publicUrl ?? `http://localhost:${values.port}`,
    database: Object.freeze(values.database),
    apiKey: values.apiKey,
    masterKey: values.masterKey,
    roles: values.roles,
    model: model && Object.freeze(model),
    modelPrices: Object.freeze(values.modelPrices),
    jobCaps: Object.freeze({ perAccount: values.jobsPerAccount, perLane: values.jobsPerProvider }),
    workerJobsMax: values.workerJobsMax,
    jobWaitMaxMs: values.jobWaitMaxMs,
    jobRunMaxMs: values.jobRunMaxMs,
    modelVision: values.modelVision,
    webhookRetryScheduleMs: Object.freeze(values.webhookRetryScheduleMs),
    webhookTimeoutMs: values.webhookTimeoutMs,
    webhookUserAgent: values.webhookUserAgent,
    webhookProxy: values.webhookProxy && Object.freeze(values.webhookProxy),
    webhookProxyExcept: Object.freeze(values.webhookProxyExcept),
    allowHttpTargets: values.allowHttpTargets,
    allowPrivateTargets: Object.freeze(values.allowPrivateTargets),
    requestsPerMinute: values.requestsPerMinute,
    documentBytesMax: values.documentMegabytes * 1024 * 1024,
    documentRetentionMs: values.documentRetentionMs,
    retentionMs: values.retentionMs,
    payloadRetentionMs: values.payloadRetentionMs,
    configFile: values.configFile,
    logLevel: values.logLevel,
  } satisfies Config)
}

function isGiven(env: Environment, row: Setting<unknown>): boolean {
  return (env[row.name] ?? '').trim() !== ''
}

function readSetting(row: Setting<unknown>, env: Environment, problems: string[]): unknown {
  const given = env[row.name]?.trim()
  const text = given === undefined || (given === '' && !row.emptyIsValue) ? row.default : given
  if (text === null) return null
  try {
    return row.parse(text)
  } catch (error) {
    if (!(error instanceof BadValue)) throw error
    const value = row.secret ? '' : `=${maskPasswords(text)}`
    problems.push(
      `${row.name}${value}: expected ${row.expected}${error.message && `; ${maskPasswords(error.message)}`}`,
    )
    return null
  }
}

function unknownNames(env: Environment): string[] {
  const known = Object.values(SETTINGS).map((row): string => row.name)
  return Object.keys(env)
    .filter((name) => name.startsWith('RINGBACK_') && !known.includes(name))
    .map((name) => {
      const nearest = nearestName(name, known)
      return `${name} is not a setting${nearest ? `; did you mean ${nearest}?` : '; docs/settings.md lists them all'}`
    })
}
