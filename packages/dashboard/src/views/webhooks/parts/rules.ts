import type { FinalJobStatus, Webhook, WebhookChangeRequest } from '@ringback/contract'

/** A custom header as it is edited. `isSaved` ones with an empty value keep the one that is stored. */
export interface HeaderRow {
  readonly name: string
  readonly value: string
  readonly secret: boolean
}

/** The rules of a webhook as a form holds them. */
export interface Rules {
  /** Null: all. */
  readonly jobTypes: readonly string[] | null
  readonly jobStatuses: readonly FinalJobStatus[] | null
  readonly headers: readonly HeaderRow[]
  /** `10s, 1m`; `none`: no retries; empty: the server's own. */
  readonly schedule: string
  /** A number as text; empty: no limit. */
  readonly rate: string
}

export const NO_RULES: Rules = { jobTypes: null, jobStatuses: null, headers: [], schedule: '', rate: '' }

export function rulesOf(webhook: Webhook): Rules {
  const { retry_schedule: schedule, rate_limit_per_second: rate } = webhook
  return {
    jobTypes: webhook.job_types,
    jobStatuses: webhook.job_statuses,
    headers: Object.entries(webhook.headers).map(([name, { value, secret }]) => ({ name, value, secret })),
    schedule: schedule === null ? '' : schedule.length === 0 ? 'none' : schedule.join(', '),
    rate: rate === null ? '' : String(rate),
  }
}

/** What must be sent to get from the saved rules to the wanted ones: only what differs. */
export function changeOf(saved: Rules, wanted: Rules): WebhookChangeRequest {
  const differs = (key: keyof Rules) => JSON.stringify(saved[key]) !== JSON.stringify(wanted[key])
  return {
    ...(differs('jobTypes') && { job_types: wanted.jobTypes && [...wanted.jobTypes] }),
    ...(differs('jobStatuses') && { job_statuses: wanted.jobStatuses && [...wanted.jobStatuses] }),
    ...(differs('headers') && { headers: changedHeaders(saved.headers, wanted.headers) }),
    ...(differs('schedule') && { retry_schedule: readSchedule(wanted.schedule) }),
    ...(differs('rate') && { rate_limit_per_second: wanted.rate.trim() === '' ? null : Number(wanted.rate) }),
  }
}

/** Null removes a header; the masked value of a secret one that is sent back keeps it. */
function changedHeaders(saved: readonly HeaderRow[], wanted: readonly HeaderRow[]): WebhookChangeRequest['headers'] {
  const named = wanted.filter(({ name }) => name.trim() !== '')
  const kept = new Set(named.map(({ name }) => name.trim().toLowerCase()))
  return {
    ...Object.fromEntries(saved.filter(({ name }) => !kept.has(name.toLowerCase())).map(({ name }) => [name, null])),
    ...Object.fromEntries(named.map(({ name, value, secret }) => [name.trim(), { value, secret }])),
  }
}

function readSchedule(text: string): string[] | null {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (trimmed === 'none') return []
  return trimmed.split(/[\s,]+/).filter((delay) => delay !== '')
}

/** Problems with an item of a list belong to the one field that the list is typed in: `retry_schedule.1`. */
export function errorOf(errors: Readonly<Record<string, string>>, field: string): string | undefined {
  return Object.entries(errors).find(([name]) => name === field || name.startsWith(`${field}.`))?.[1]
}
