import { ERRORS, type ErrorCode } from '@ringback/contract'
import { z } from 'zod'
import type { AppError } from '../../lib/errors.ts'

/**
 * An error of the compat family: flat, always with a `message`, because that is all that some clients read (wire facts,
 * section 0 rule 10); `errors` by field, as Laravel writes them.
 */
export const compatErrorSchema = z
  .object({
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    errors: z.record(z.string(), z.array(z.string())).optional(),
  })
  .meta({ description: 'An error (flat form).' })
export type CompatError = z.output<typeof compatErrorSchema>

/** Renders an error for clients of the compat family. Only the caller's half of the error is used. */
export function renderCompatError(error: AppError): CompatError {
  if (error.fields.length === 0) return { code: error.code, message: error.detail }
  const messagesByField = new Map<string, string[]>()
  for (const { field, message } of error.fields) {
    const messages = messagesByField.get(field)
    if (messages) messages.push(message)
    else messagesByField.set(field, [message])
  }
  // fromEntries defines properties, so a field that is called __proto__ is only a field.
  return { code: error.code, message: error.detail, errors: Object.fromEntries(messagesByField) }
}
