import { describe, expect, test } from 'vitest'
import { TASKS } from '../src/tasks/registry.ts'
import type { JsonSchema } from './harness/json-sample.ts'
import { MODELS } from './harness/model-configs.ts'
import { startModelServer } from './harness/model-server.ts'
import { schemaOf } from './harness/model-wire.ts'
import { DOCUMENT_REF, documentsSaying } from './harness/read-documents.ts'
import { useModel } from './harness/use-model.ts'
import { useOwn } from './harness/use-own.ts'

/** What every task can work on. The made-up quotes of the model server stand in it. */
const INPUT = {
  content: 'a text, a addresses, a profanities',
  name: 'PHP developer',
  language: 'German',
  max_quantity: 5,
  file: DOCUMENT_REF,
}

const documents = documentsSaying('a document')

const modelTasks = TASKS.filter(({ kind, input }) => kind === 'model' && input.safeParse(INPUT).success)

/** Keywords of JSON Schema that OpenAI's strict mode, Google and grammars of local servers all take. */
const KEYWORDS = new Set([
  ...['$schema', 'type', 'description', 'properties', 'required', 'additionalProperties'],
  ...['items', 'enum', 'anyOf', 'minimum', 'maximum'],
])

/** Anthropic takes no ranges; its SDK says them in the description. */
const KEYWORDS_OF_ANTHROPIC = new Set([...KEYWORDS].filter((keyword) => !/imum$/.test(keyword)))

/** What a provider would refuse about a schema. */
function problemsOf(schema: JsonSchema, keywords: ReadonlySet<string>, at = 'answer'): string[] {
  const { type, properties = {}, required = [], additionalProperties, items, anyOf = [] } = schema
  const problems = Object.keys(schema)
    .filter((keyword) => !keywords.has(keyword))
    .map((keyword) => `${at} has ${keyword}`)
  if (type === 'object' && additionalProperties !== false) problems.push(`${at} is open`)
  // Google refuses an empty string among the values.
  if (schema.enum?.includes('')) problems.push(`${at} may be an empty string by enum`)
  for (const [name, property] of Object.entries(properties)) {
    if (!required.includes(name)) problems.push(`${at}.${name} is optional`)
    if (!/^\w{1,64}$/.test(name)) problems.push(`${at}.${name} is a name that some refuse`)
    problems.push(...problemsOf(property, keywords, `${at}.${name}`))
  }
  if (items) problems.push(...problemsOf(items, keywords, `${at}[]`))
  for (const one of anyOf) problems.push(...problemsOf(one, keywords, `${at}|`))
  return problems
}

const server = useOwn(startModelServer, (server) => server.close(), 'suite')

describe.each(MODELS)('every task on $provider', (config) => {
  const model = useModel(server, config)

  test.each(modelTasks)('$type: its schema is sent, taken, and answered with a result that fits', async (task) => {
    const before = server.requests.length
    const result = await task.run(task.input.parse(INPUT), {
      model,
      signal: new AbortController().signal,
      documents,
    })
    expect(task.result.parse(result)).toEqual(result)
    // One call: what the made-up answer lacks would have been asked again.
    expect(server.requests).toHaveLength(before + 1)

    const { body } = server.requests.at(-1) ?? expect.unreachable()
    const schema = schemaOf(config.wire, body) ?? expect.unreachable()
    expect(schema.type).toBe('object')
    const keywords = config.provider === 'anthropic' ? KEYWORDS_OF_ANTHROPIC : KEYWORDS
    expect(problemsOf(schema, keywords)).toEqual([])
    expect(body).not.toHaveProperty('tools')
    const format = body.text?.format ?? body.response_format?.json_schema
    if (format) expect(format).toMatchObject({ strict: true, name: expect.stringMatching(/^\w{1,64}$/) })
  })
})

test('all tasks that need a model were among them', () => {
  expect(modelTasks.length).toBeGreaterThanOrEqual(24)
})
