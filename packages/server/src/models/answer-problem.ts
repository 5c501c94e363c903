import { type NoObjectGeneratedError, TypeValidationError } from 'ai'
import { z } from 'zod'

/** Most problems that the model is told of at once. */
const PROBLEMS_MAX = 20

/**
 * What is wrong with an answer that does not fit, for the model to read: the place and the rule of each problem. Not the
 * SDK's own message, which quotes the whole answer: it would put what a caller made the model say among our words.
 */
export function problemOf(error: NoObjectGeneratedError): string {
  const { cause } = error
  if (!TypeValidationError.isInstance(cause) || !(cause.cause instanceof z.core.$ZodError)) {
    return 'It is not one complete JSON object.'
  }
  const { issues } = cause.cause
  const told = issues
    .slice(0, PROBLEMS_MAX)
    .map(({ path, message }) => `${path.map(String).join('.') || 'all'}: ${message}`)
  const left = issues.length - told.length
  return [...told, ...(left > 0 ? [`and ${left} more`] : [])].join('\n')
}
