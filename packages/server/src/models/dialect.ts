import type { APICallError } from 'ai'

/** Which optional parts of the protocol a model takes. Learned from its refusals, kept for the life of the process. */
export interface Dialect {
  /** Temperature 0: the likeliest answer. Reasoning models refuse any temperature. */
  readonly temperature: boolean
  /** The JSON Schema of the answer. Some `compatible` servers know only "a JSON object". */
  readonly schema: boolean
}

export const FULL_DIALECT: Dialect = { temperature: true, schema: true }

/**
 * The dialect to go on with after a refusal that names an optional part; null when the refusal is about anything else,
 * or about something that was not sent.
 */
export function simplerDialect(
  dialect: Dialect,
  refusal: Pick<APICallError, 'statusCode' | 'message'>,
): Dialect | null {
  if (refusal.statusCode !== 400 && refusal.statusCode !== 422) return null
  if (dialect.temperature && /temperature/i.test(refusal.message)) return { ...dialect, temperature: false }
  if (dialect.schema && /response_format|json_schema|structured output|grammar/i.test(refusal.message)) {
    return { ...dialect, schema: false }
  }
  return null
}
