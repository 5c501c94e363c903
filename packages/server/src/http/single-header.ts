import type { FastifyRequest } from 'fastify'
import { invalidRequest } from './zod-problems.ts'

/**
 * The value of a header that may be sent once, without the white space around it; null when it was not sent. An empty
 * header is an error and not "none": it is a setting that was forgotten.
 * @param name in lower case, as Node writes header names
 * @param field what errors call it
 * @throws AppError `request.invalid` when it is empty, or was sent more than once
 */
export function singleHeader(request: FastifyRequest, name: string, field: string): string | null {
  if (request.headers[name] === undefined) return null
  // `headers` joins repeated headers with a comma, which a value may contain too; rawHeaders has name, value, name, …
  const { rawHeaders } = request.raw
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)
  const [value, second] = values
  if (second !== undefined) throw invalidRequest([{ field, message: 'was sent more than once; send it once' }])
  const trimmed = value?.trim() ?? ''
  if (trimmed === '') throw invalidRequest([{ field, message: 'is empty; send a value, or leave the header out' }])
  return trimmed
}
