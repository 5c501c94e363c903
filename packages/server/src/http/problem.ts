import { ERRORS, type Problem } from '@ringback/contract'
import type { AppError } from '../lib/errors.ts'

/** Where `type` points: the page that explains all codes, at the section of this one. */
const ERROR_PAGE_PATH = '/docs/errors'

/** Renders an error as RFC 9457 wants it. Only the caller's half of the error is used. */
export function renderProblem(error: AppError, requestId: string): Problem {
  return {
    type: `${ERROR_PAGE_PATH}#${error.code}`,
    title: ERRORS[error.code].title,
    status: error.status,
    detail: error.detail,
    code: error.code,
    request_id: requestId,
    ...(error.fields.length > 0 && { errors: error.fields.map(({ field, message }) => ({ field, message })) }),
  }
}
