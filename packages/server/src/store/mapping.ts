import type { JobError, JobErrorCode } from '@ringback/contract'
import type { AttemptRow, AttemptTiming, HeaderList } from './deliveries.ts'
import type { JobListRow, JobRow } from './jobs.ts'

/** What the record of an interrupted attempt says to people. */
export const INTERRUPTED_MESSAGE = 'Ringback stopped while this attempt was under way; whether it arrived is unknown'

/** A job as the engines read it: columns named like the fields, the error in two columns. */
export type StoredJob = Omit<JobRow, 'error'> & {
  readonly errorCode: JobErrorCode | null
  readonly errorMessage: string | null
}

export function toJob({ errorCode, errorMessage, ...job }: StoredJob): JobRow {
  return { ...job, error: toJobError(errorCode, errorMessage) }
}

/** A row of the job list as the engines read it. */
export type StoredListJob = Omit<JobListRow, 'error'> & Pick<StoredJob, 'errorCode' | 'errorMessage'>

export function toListJob({ errorCode, errorMessage, ...job }: StoredListJob): JobListRow {
  return { ...job, error: toJobError(errorCode, errorMessage) }
}

function toJobError(code: JobErrorCode | null, message: string | null): JobError | null {
  return code === null ? null : { code, message: message ?? '' }
}

/** An attempt as the engines read it: headers as JSON text, the timing in columns, SQLite's yes or no as 0 or 1. */
export type StoredAttempt = Omit<
  AttemptRow,
  'requestHeaders' | 'responseHeaders' | 'responseTruncated' | 'timing' | 'resend'
> &
  AttemptTiming & {
    readonly requestHeaders: string
    readonly responseHeaders: string | null
    readonly responseTruncated: boolean | number
    readonly resend: boolean | number
  }

export function toAttempt(row: StoredAttempt): AttemptRow {
  const { dnsMs, connectMs, tlsMs, firstByteMs, totalMs, ...attempt } = row
  return {
    ...attempt,
    requestHeaders: parseHeaders(row.requestHeaders),
    responseHeaders: row.responseHeaders === null ? null : parseHeaders(row.responseHeaders),
    responseTruncated: Boolean(row.responseTruncated),
    resend: Boolean(row.resend),
    timing: { dnsMs, connectMs, tlsMs, firstByteMs, totalMs },
  }
}

function parseHeaders(text: string): HeaderList {
  return JSON.parse(text) as HeaderList
}

/**
 * Text from outside (a receiver's answer, a provider's message) as every engine can store it. NUL characters, which
 * PostgreSQL has no room for, and halves of surrogate pairs become U+FFFD. Job inputs, results and bodies are JSON and
 * have both escaped already: they are never changed.
 */
export function storableText(text: string): string
export function storableText(text: string | null): string | null
export function storableText(text: string | null): string | null {
  return text === null ? null : text.toWellFormed().replaceAll('\0', '\uFFFD')
}
