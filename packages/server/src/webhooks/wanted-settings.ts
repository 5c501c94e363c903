import type { FinalJobStatus } from '@ringback/contract'
import type { Clock } from '../lib/clock.ts'
import { AppError, type FieldProblem } from '../lib/errors.ts'
import type { Store } from '../store/store.ts'
import type { WebhookChange, WebhookRow, WebhookRules } from '../store/webhooks.ts'
import { hasHeader, mergeHeaders, type WantedHeaders } from './custom-headers.ts'
import { readRetrySchedule } from './retry-schedule.ts'
import type { Vault } from './secret-vault.ts'
import { parseSecret } from './secrets.ts'
import { displayUrl, type UrlGuard } from './url-guard.ts'
import { problemsOfName } from './webhook-name.ts'

/** What a person wants a webhook to be; fields that are left out stay as they are. */
export interface SettingsChange {
  readonly name?: string | undefined
  readonly enabled?: boolean | undefined
  /** Null removes it, which only a webhook that is switched off allows. */
  readonly url?: string | null | undefined
  readonly secret?: string | undefined
  /** Whether an ed25519 key signs beside the secret. */
  readonly asymmetricSignature?: boolean | undefined
  readonly includeResult?: boolean | undefined
  /** Null: all types. They exist: the route has checked them. */
  readonly jobTypes?: readonly string[] | null | undefined
  /** Null: both. */
  readonly jobStatuses?: readonly FinalJobStatus[] | null | undefined
  readonly headers?: WantedHeaders | undefined
  /** Durations as text; null: the server's own schedule. */
  readonly retrySchedule?: readonly string[] | null | undefined
  readonly rateLimitPerSecond?: number | null | undefined
}

/** What the settings of webhooks are kept and checked with. */
export interface WebhookSettingsOptions {
  readonly store: Pick<
    Store,
    'findWebhook' | 'updateWebhook' | 'insertWebhook' | 'deleteWebhook' | 'insertTestDelivery'
  >
  readonly guard: Pick<UrlGuard, 'checkUrl'>
  readonly vault: Pick<Vault, 'seal' | 'open'>
  readonly clock: Clock
  readonly newId: () => string
}

/** The part of a webhook that a change is checked against; a new one has no name yet. */
export type PresentSettings = Pick<
  WebhookRow,
  'accountId' | 'name' | 'purpose' | 'enabled' | 'url' | 'includeResult' | 'headers'
>

/** A checked change without the secret, as the store takes it. */
export type CheckedChange = Omit<WebhookChange, 'sealedSecret' | 'sealedPreviousSecret' | 'previousSecretUntil'>

/**
 * Checks everything that a person wants of a webhook, and says all that is wrong at once.
 * @throws AppError `webhook.url_not_allowed` when only the URL is wrong, `webhook.url_missing` (it would be on without
 *   one), else `request.invalid`
 */
export async function checkSettings(
  present: PresentSettings,
  wanted: SettingsChange,
  { guard, vault }: Pick<WebhookSettingsOptions, 'guard' | 'vault'>,
): Promise<CheckedChange> {
  const { url, error: urlError } = await readUrl(present, wanted.url, guard)
  const headers = readHeaders(present, wanted, vault)
  const schedule = wanted.retrySchedule && readRetrySchedule(wanted.retrySchedule)
  const problems = [
    ...problemsOfName(wanted.name),
    ...problemsOfPurpose(present, wanted),
    ...problemsOfSecret(wanted.secret),
    ...('problems' in headers ? headers.problems : []),
    ...(schedule && 'problems' in schedule ? schedule.problems : []),
  ]
  const nextUrl = url === undefined ? present.url : url
  const nextHeaders = 'headers' in headers ? headers.headers : present.headers
  if (hasCredentials(nextUrl) && hasHeader(nextHeaders, 'authorization')) problems.push(TWO_CREDENTIALS)
  if (problems.length > 0) throw invalidSettings([...problems, ...(urlError?.fields ?? [])])
  if (urlError) throw urlError
  if ((wanted.enabled ?? present.enabled) && nextUrl === null) throw urlMissing('switched on')
  return {
    ...(wanted.name !== undefined && { name: wanted.name }),
    // Whatever a program had switched off, a person has decided now.
    ...(wanted.enabled !== undefined && { enabled: wanted.enabled, disabledReason: null }),
    ...(url !== undefined && { url }),
    ...(wanted.includeResult !== undefined && { includeResult: wanted.includeResult }),
    ...rulesOf(wanted),
    ...(wanted.headers !== undefined && { headers: nextHeaders }),
    ...(wanted.retrySchedule === null && { retrySchedule: null }),
    ...(schedule && 'retrySchedule' in schedule && schedule),
  }
}

function rulesOf({ jobTypes, jobStatuses, rateLimitPerSecond }: SettingsChange): Partial<WebhookRules> {
  return {
    ...(jobTypes !== undefined && { jobTypes: listOrNull(jobTypes) }),
    ...(jobStatuses !== undefined && { jobStatuses: listOrNull(jobStatuses) }),
    ...(rateLimitPerSecond !== undefined && { rateLimitPerSecond }),
  }
}

function listOrNull(values: readonly string[] | null): string | null {
  return values === null ? null : JSON.stringify([...new Set(values)])
}

/** The URL to store, or what is wrong with it; undefined leaves it as it is. */
async function readUrl(present: PresentSettings, url: string | null | undefined, guard: Pick<UrlGuard, 'checkUrl'>) {
  if (typeof url !== 'string') return { url, error: null }
  const meant = present.url !== null && url === displayUrl(present.url) ? present.url : url
  try {
    return { url: await guard.checkUrl(meant, 'url'), error: null }
  } catch (error) {
    if (error instanceof AppError) return { url: undefined, error }
    throw error
  }
}

function readHeaders(present: PresentSettings, { headers }: SettingsChange, vault: Pick<Vault, 'seal'>) {
  if (headers === undefined) return { headers: present.headers }
  return mergeHeaders(present.headers, headers, { accountId: present.accountId, vault })
}

const TWO_CREDENTIALS: FieldProblem = {
  field: 'headers.Authorization',
  message: 'would be sent twice: the url has a user name or password, which becomes this header; keep one of the two',
}

function hasCredentials(url: string | null): boolean {
  const parsed = url === null ? null : URL.parse(url)
  return parsed !== null && (parsed.username !== '' || parsed.password !== '')
}

const NOT_ABOUT_JOBS = 'does not apply to this webhook: it is told what happens to webhooks, not of jobs'

/** What the two webhooks that every account has do not take. */
function problemsOfPurpose(present: PresentSettings, wanted: SettingsChange): FieldProblem[] {
  const problems: FieldProblem[] = []
  const isFixed = present.name === 'default' || present.purpose === 'operations'
  if (isFixed && wanted.name !== undefined && wanted.name !== present.name) {
    problems.push({ field: 'name', message: `cannot be changed: "${present.name}" is how this webhook is known` })
  }
  if (present.purpose === 'operations') {
    if (wanted.jobTypes) problems.push({ field: 'job_types', message: NOT_ABOUT_JOBS })
    if (wanted.jobStatuses) problems.push({ field: 'job_statuses', message: NOT_ABOUT_JOBS })
    if (wanted.includeResult) problems.push({ field: 'include_result', message: NOT_ABOUT_JOBS })
  }
  return problems
}

/** All that is wrong with a secret that somebody chose. */
export function problemsOfSecret(secret: string | undefined): readonly FieldProblem[] {
  const parsed = secret === undefined ? null : parseSecret(secret)
  return parsed !== null && 'problems' in parsed ? parsed.problems : []
}

/** The 422 for settings that are wrong; its detail names each. */
export function invalidSettings(fields: readonly FieldProblem[]): AppError {
  const detail = fields.map(({ field, message }) => `The ${field} ${message}.`).join(' ')
  return new AppError('request.invalid', { detail, fields })
}

export function urlMissing(what: 'switched on' | 'tested'): AppError {
  const message = `is not set; a webhook without one cannot be ${what}`
  return new AppError('webhook.url_missing', { detail: `The url ${message}.`, fields: [{ field: 'url', message }] })
}
