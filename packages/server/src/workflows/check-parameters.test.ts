import type { WorkflowParameter } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { checkFormParameters, checkJsonParameters } from './check-parameters.ts'

const parameter = (change: Partial<WorkflowParameter>): WorkflowParameter => ({
  key: 'text',
  label: 'Text',
  type: 'json_string',
  required: false,
  default_value: null,
  ...change,
})

const ALL = [
  parameter({ required: true }),
  parameter({ key: 'count', type: 'json_number' }),
  parameter({ key: 'deep', type: 'json_boolean' }),
  parameter({ key: 'options', type: 'json_object' }),
  parameter({ key: 'list', type: 'json_array' }),
]

function problems(body: unknown, parameters = ALL): string[] {
  const checked = checkJsonParameters(parameters, body)
  return 'problems' in checked ? checked.problems.map(({ field, message }) => `${field} ${message}`) : []
}

test('values of the right types are taken as they are', () => {
  const body = { text: '', count: 0, deep: false, options: { a: [1] }, list: [] }
  expect(checkJsonParameters(ALL, body)).toEqual({ values: body })
})

const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)

test('objects and arrays are taken as deep as a worker can read them', () => {
  expect(problems({ text: 'x', list: nested(256) })).toEqual([])
  expect(problems({ text: 'x', list: nested(257) })).toEqual(['list is nested deeper than 256 levels'])
  expect(problems({ text: 'x', options: { a: nested(256) } })).toEqual(['options is nested deeper than 256 levels'])
  expect(problems({ text: 'x', list: nested(400_000) })).toHaveLength(1)
})

test.each<[body: unknown, problem: string]>([
  [{}, 'text is missing; it must be a string'],
  [{ text: null }, 'text is missing; it must be a string'],
  [{ text: 42 }, 'text must be a string, not a number'],
  [{ text: 'x', count: '42' }, 'count must be a number, not a string'],
  [{ text: 'x', deep: 1 }, 'deep must be true or false, not a number'],
  [{ text: 'x', options: [] }, 'options must be a JSON object, not an array'],
  [{ text: 'x', list: {} }, 'list must be an array, not an object'],
  [{ text: 'x', extra: 1 }, 'extra is not a parameter of this workflow'],
  [undefined, 'text is missing; it must be a string'],
  [[], 'text is missing; it must be a string'],
  [null, 'body must be a JSON object with the parameters, not null'],
  [['x'], 'body must be a JSON object with the parameters, not an array'],
  ['text', 'body must be a JSON object with the parameters, not a string'],
])('%j: %s', (body, problem) => {
  expect(problems(body)).toEqual([problem])
})

test('everything that is wrong is said, up to twenty', () => {
  expect(problems({ count: 'a', extra: 1 })).toHaveLength(3)
  expect(problems(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`x${index}`, 1])))).toHaveLength(20)
})

test.each<[body: unknown]>([[undefined], [{}], [[]]])('%j is a right body when there are no parameters', (body) => {
  expect(checkJsonParameters([], body)).toEqual({ values: {} })
})

describe('a parameter that was left out', () => {
  const withDefault = (type: WorkflowParameter['type'], default_value: string | null) =>
    checkJsonParameters([parameter({ type, default_value })], { text: null })

  test('has its default value, in its own type', () => {
    expect(withDefault('json_string', '42')).toEqual({ values: { text: '42' } })
    expect(withDefault('json_number', '42')).toEqual({ values: { text: 42 } })
    expect(withDefault('json_boolean', 'true')).toEqual({ values: { text: true } })
    expect(withDefault('json_array', '[1]')).toEqual({ values: { text: [1] } })
  })

  test('is not there when it has none', () => {
    expect(withDefault('json_string', null)).toEqual({ values: {} })
  })
})

test('a name that every object has is only a name', () => {
  expect(problems({ toString: 1 }, [])).toEqual(['toString is not a parameter of this workflow'])
  expect(problems({}, [parameter({ key: 'constructor', required: true })])).toHaveLength(1)
})

describe('a form', () => {
  const FORM = [
    parameter({ type: 'form_data_text', required: true }),
    parameter({ key: 'tone', type: 'form_data_text', default_value: 'dry' }),
    parameter({ key: 'cv', type: 'form_data_file', required: true }),
    parameter({ key: 'photo', type: 'form_data_file' }),
  ]
  const check = (body: unknown, files: string[] = ['cv']) => checkFormParameters(FORM, { body, files: new Set(files) })

  test('has its texts as they are, and default values for those that are empty or not there', () => {
    expect(check({ text: '42', tone: '' })).toEqual({ values: { text: '42', tone: 'dry' } })
    expect(check({ text: ' ', tone: 'wet' })).toEqual({ values: { text: ' ', tone: 'wet' } })
  })

  test('may have parts that are no parameters', () => {
    expect(check({ text: 'x', other: 'y', __proto__: 'z' })).toEqual({ values: { text: 'x', tone: 'dry' } })
  })

  test('must have what is required, and an empty text is none', () => {
    expect(check({ text: '' }, ['photo'])).toEqual({
      problems: [
        { field: 'text', message: 'is missing; it must be text' },
        { field: 'cv', message: 'is missing; send it as a file' },
      ],
    })
  })

  test('that comes as JSON has the text that a client would send in a form', () => {
    const asText = (text: unknown) => check({ text })
    expect(asText(4.5)).toEqual({ values: { text: '4.5', tone: 'dry' } })
    expect(asText(true)).toEqual({ values: { text: '1', tone: 'dry' } })
    expect(asText(['a'])).toEqual({ values: { text: '["a"]', tone: 'dry' } })
    expect(asText(null)).toHaveProperty('problems')
    expect(checkFormParameters([], { body: [], files: new Set() })).toEqual({ values: {} })
    expect(check('x')).toEqual({
      problems: [{ field: 'body', message: 'must be a JSON object with the parameters, not a string' }],
    })
  })

  test('has no file because a text is called like one', () => {
    expect(check({ text: 'x', photo: 'y' })).toEqual({ values: { text: 'x', tone: 'dry' } })
  })
})
