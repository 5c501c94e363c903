import { JOB_ERRORS, type JobErrorCode } from '@ringback/contract'

/** What an error of a job is called. Codes of an account's own workers are not in the catalogue: they are shown as they are. */
export function jobErrorTitle(code: JobErrorCode): string {
  return code in JOB_ERRORS ? JOB_ERRORS[code as keyof typeof JOB_ERRORS] : code
}
