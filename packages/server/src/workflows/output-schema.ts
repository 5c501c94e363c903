import type { OutputFields, OutputType } from '@ringback/contract'
import { z } from 'zod'
import { assertNever } from '../lib/errors.ts'

/**
 * What to do with fields that the schema does not have: a model's are dropped, because it was asked for JSON and adds
 * some at times; a worker's are a mistake that its maker should see.
 */
export type UnknownFields = 'drop' | 'refuse'

/**
 * The zod schema of a result. Every field is required and may be null at most: structured output of the providers knows
 * no optional fields.
 */
export function buildOutputSchema(fields: OutputFields, unknownFields: UnknownFields): z.ZodObject {
  const shape = Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, buildType(type, unknownFields)]))
  return unknownFields === 'drop' ? z.object(shape) : z.strictObject(shape)
}

function buildType(type: OutputType, unknownFields: UnknownFields): z.ZodType {
  if (typeof type === 'string') return buildWord(type)
  const schema = buildLongForm(type, unknownFields)
  const nullable = type.nullable === true ? schema.nullable() : schema
  return type.description === undefined ? nullable : nullable.describe(type.description)
}

const ARRAY_OF = 'array of '

function buildWord(word: Extract<OutputType, string>): z.ZodType {
  if (word.startsWith(ARRAY_OF)) return z.array(buildWord(word.slice(ARRAY_OF.length) as Extract<OutputType, string>))
  switch (word) {
    case 'number':
      return z.number()
    case 'integer':
      return z.int()
    case 'boolean':
      return z.boolean()
    default:
      return z.string()
  }
}

function buildLongForm(type: Exclude<OutputType, string>, unknownFields: UnknownFields): z.ZodType {
  switch (type.type) {
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
      return buildWord(type.type)
    case 'enum':
      return z.enum([...type.values])
    case 'array':
      return z.array(buildType(type.items, unknownFields))
    case 'object':
      return buildOutputSchema(type.fields, unknownFields)
    default:
      return assertNever(type)
  }
}

/** Fields of all levels together. */
export function countFields(fields: OutputFields): number {
  return Object.values(fields).reduce((sum, type) => sum + 1 + countInside(type), 0)
}

function countInside(type: OutputType): number {
  if (typeof type === 'string') return 0
  if (type.type === 'array') return countInside(type.items)
  return type.type === 'object' ? countFields(type.fields) : 0
}
