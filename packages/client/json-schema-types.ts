/** What zod makes of a schema; only what the generator knows to write down. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly enum?: readonly (string | number)[]
  readonly const?: string | number
  readonly description?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
}

/** TypeScript for a field that the schema cannot say, by its name: a file. */
export type Overrides = Readonly<Record<string, string>>

/**
 * Writes a JSON Schema as a TypeScript type. Descriptions and limits become doc comments. Fields that may be left out
 * also take `undefined`; the empty string, which some clients send for "none", is not offered.
 * @throws Error for a schema that it does not know: a wrong type would be worse than none
 */
export function typeOf(schema: JsonSchema, overrides: Overrides = {}): string {
  if (schema.anyOf) return unionOf(schema.anyOf.filter(({ const: value }) => value !== '').map((one) => typeOf(one)))
  if (schema.enum) return unionOf(schema.enum.map((value) => JSON.stringify(value)))
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (Array.isArray(schema.type)) return unionOf(schema.type.map((type) => typeOf({ ...schema, type })))
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'number':
    case 'null':
      return schema.type
    case 'integer':
      return 'number'
    case 'array':
      return `(${typeOf(schema.items ?? {})})[]`
    case 'object':
      return objectOf(schema, overrides)
    case undefined:
      return 'unknown'
    default:
      throw new Error(`no type is known for ${JSON.stringify(schema)}`)
  }
}

/** Whether the object of the schema can be an interface. */
export function isInterface(schema: JsonSchema): boolean {
  return schema.type === 'object' && schema.properties !== undefined
}

/** A doc comment, or nothing. */
export function docOf(...lines: readonly (string | undefined)[]): string {
  const text = lines.filter(Boolean).join(' ')
  return text === '' ? '' : `/** ${text.replaceAll('*/', '* /')} */\n`
}

function objectOf(schema: JsonSchema, overrides: Overrides): string {
  if (!schema.properties) return `Record<string, ${typeOf(fieldTypes(schema))}>`
  const required = new Set(schema.required)
  const fields = Object.entries(schema.properties).map(([name, field]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)
    const type = overrides[name] ?? typeOf(field)
    const declared = required.has(name) ? `${key}: ${type}` : `${key}?: ${type} | undefined`
    return `${docOf(field.description, overrides[name] ? undefined : limitsOf(field))}${declared}`
  })
  return `{\n${fields.join('\n')}\n}`
}

function fieldTypes({ additionalProperties }: JsonSchema): JsonSchema {
  return typeof additionalProperties === 'object' ? additionalProperties : {}
}

function limitsOf(field: JsonSchema): string | undefined {
  const parts = [field, ...(field.anyOf ?? []).flatMap((one) => [one, ...(one.anyOf ?? [])])]
  const most = (key: 'maxLength' | 'maximum' | 'maxItems') => parts.map((part) => part[key]).find(Number.isFinite)
  const length = most('maxLength')
  const maximum = most('maximum')
  const items = most('maxItems')
  if (length !== undefined) return `At most ${length} characters.`
  if (items !== undefined) return `At most ${items}.`
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER) return undefined
  return `${parts.map(({ minimum }) => minimum).find(Number.isFinite) ?? 0} to ${maximum}.`
}

function unionOf(types: readonly string[]): string {
  return [...new Set(types)].join(' | ')
}
