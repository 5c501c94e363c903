import { z } from 'zod'
import samples from './samples.json' with { type: 'json' }

/** The part of JSON Schema that results use. */
interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly minimum?: number
}

/**
 * A result that a job of the type could have: the example of the documentation for the tasks of the catalogue, made from
 * the schema for all others (job types in code and workflows). Null when there is no schema.
 */
export function sampleResult(type: string, schema: z.ZodType | null): unknown {
  const sample = (samples as Readonly<Record<string, unknown>>)[type]
  if (sample !== undefined) return sample
  if (schema === null) return null
  return sampleOf(z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonSchema, 'value')
}

/** A value that fits the schema; strings say which field they stand for. */
function sampleOf(schema: JsonSchema, name: string): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf?.[0]) return sampleOf(schema.anyOf[0], name)
  switch (typeof schema.type === 'string' ? schema.type : schema.type?.[0]) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, property]) => [key, sampleOf(property, key)]),
      )
    case 'array':
      return schema.items ? [sampleOf(schema.items, name)] : []
    case 'number':
    case 'integer':
      // Schemas of whole numbers name the least one that a double can hold.
      return Math.max(schema.minimum ?? 1, 1)
    case 'boolean':
      return true
    case 'string':
      return `a ${name}`
    default:
      return null
  }
}
