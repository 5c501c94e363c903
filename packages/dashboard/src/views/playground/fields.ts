import type { InputSpec, JsonSchema } from '../../api/playground.ts'

/** How a field is asked for. */
export type FieldKind = 'file' | 'lines' | 'text' | 'long-text' | 'number' | 'yes-no' | 'choice' | 'json'

export interface InputField {
  readonly name: string
  readonly kind: FieldKind
  readonly isRequired: boolean
  readonly description: string | null
  /** What a `choice` can be. */
  readonly options: readonly string[]
}

/** What was typed, by field; nothing for what was left out. */
export type Values = Readonly<Record<string, string | File | undefined>>

/** From this length on a text gets more than one line. */
const LONG_TEXT_LENGTH_MIN = 1_000

/** The fields of an input in the order of its schema. */
export function fieldsOf({ schema }: InputSpec): InputField[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    ...shapeOf(property),
    isRequired: schema.required?.includes(name) ?? false,
    description: property.description ?? null,
  }))
}

function shapeOf(property: JsonSchema): Pick<InputField, 'kind' | 'options'> {
  // Null and the empty string mean "left out", which an empty field says already.
  const [first, ...others] = formsOf(property).filter(({ type, enum: values }) => {
    return type !== 'null' && !(values?.length === 1 && values[0] === '')
  })
  if (first === undefined) return { kind: 'json', options: [] }
  const types = [first.type].flat()
  if (first.format === 'binary') return { kind: 'file', options: [] }
  if (first.enum) return { kind: 'choice', options: first.enum.filter((value) => typeof value === 'string') }
  if (types.includes('integer') || types.includes('number')) return { kind: 'number', options: [] }
  if (types.includes('boolean')) return { kind: 'yes-no', options: [] }
  if (types.includes('string')) {
    return { kind: (first.maxLength ?? 0) >= LONG_TEXT_LENGTH_MIN ? 'long-text' : 'text', options: [] }
  }
  const isLines = [first, ...others].some(({ type, items }) => type === 'array' && items?.type === 'string')
  return { kind: isLines ? 'lines' : 'json', options: [] }
}

/** Every form that a value may have. */
function formsOf(schema: JsonSchema): JsonSchema[] {
  return schema.anyOf ? schema.anyOf.flatMap(formsOf) : [schema]
}

/** The input as it is sent: what was left empty is left out, and what cannot be read is sent as it is, to be refused. */
export function inputOf(fields: readonly InputField[], values: Values): Record<string, unknown> {
  const pairs = fields.flatMap(({ name, kind }) => {
    const value = values[name]
    return value === undefined || value === '' ? [] : [[name, read(kind, value)] as const]
  })
  return Object.fromEntries(pairs)
}

function read(kind: FieldKind, value: string | File): unknown {
  if (typeof value !== 'string') return value
  if (kind === 'number') return Number.isNaN(Number(value)) ? value : Number(value)
  if (kind === 'yes-no') return value === 'yes'
  if (kind === 'lines') return value.split('\n').filter((line) => line.trim() !== '')
  if (kind !== 'json') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** The other way round: what to fill in so that an input is sent again. */
export function valuesOf(fields: readonly InputField[], input: unknown): Values {
  const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>
  return Object.fromEntries(
    fields.flatMap(({ name, kind }) => {
      const value = given[name]
      return value === undefined || value === null || kind === 'file' ? [] : [[name, write(kind, value)] as const]
    }),
  )
}

function write(kind: FieldKind, value: unknown): string {
  if (kind === 'yes-no') return value === true ? 'yes' : 'no'
  if (kind === 'lines' && Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return value.join('\n')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The body of the request: JSON, or a form where there is a file. */
export function bodyOf({ isForm }: Pick<InputSpec, 'isForm'>, input: Record<string, unknown>): unknown {
  if (!isForm) return input
  const form = new FormData()
  for (const [name, value] of Object.entries(input)) form.set(name, value instanceof File ? value : String(value))
  return form
}
