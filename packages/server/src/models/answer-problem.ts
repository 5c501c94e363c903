import { type NoObjectGeneratedError, TypeValidationError } from 'ai'
import { z } from 'zod'

/** Most problems that the model is told of at once. */
const PROBLEMS_MAX = 20

/** A name that a schema of ours can have. What a model chose itself, as the key of a record, can be anything. */
const NAME = /^[A-Za-z_][A-Za-z0-9_:-]{0,63}$/

/** Most parts of a path that are told. */
const PATH_PARTS_MAX = 12

/** Longest message of a rule, in characters; ours have fifty. */
const MESSAGE_LENGTH_MAX = 300

/** What is wrong with an answer that is no JSON, or nothing. */
export const NO_OBJECT = 'It is not one complete JSON object.'

/**
 * What is wrong with an answer that does not fit, for the model to read: the place and the rule of each problem. Not the
 * SDK's own message, which quotes the whole answer: it would put what a caller made the model say among our words.
 */
export function problemOf(error: NoObjectGeneratedError): string {
  const { cause } = error
  if (!TypeValidationError.isInstance(cause) || !(cause.cause instanceof z.core.$ZodError)) {
    return NO_OBJECT
  }
  const { issues } = cause.cause
  const told = issues.slice(0, PROBLEMS_MAX).map((issue) => `${placeOf(issue.path) || 'all'}: ${ruleOf(issue)}`)
  const left = issues.length - told.length
  return [...told, ...(left > 0 ? [`and ${left} more`] : [])].join('\n')
}

/** Where, without a key that could be a sentence: those are told as `*`. */
function placeOf(path: readonly PropertyKey[]): string {
  const parts = path.slice(0, PATH_PARTS_MAX).map((part) => {
    return typeof part === 'number' || (typeof part === 'string' && NAME.test(part)) ? String(part) : '*'
  })
  return [...parts, ...(path.length > PATH_PARTS_MAX ? ['…'] : [])].join('.')
}

/** zod's own text, but for the rules whose text names keys that the model chose. */
function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'Unrecognized keys: leave out all that the schema does not have'
    case 'invalid_key':
      return 'Invalid key'
    default:
      return issue.message.slice(0, MESSAGE_LENGTH_MAX)
  }
}
