import type { OutputFields } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildOutputSchema, countFields } from './output-schema.ts'

const FIELDS = {
  name: 'string',
  total: 'number',
  count: 'integer',
  paid: 'boolean',
  tags: 'array of string',
  kind: { type: 'enum', values: ['invoice', 'receipt'], description: 'What it is.' },
  note: { type: 'string', nullable: true },
  items: { type: 'array', items: { type: 'object', fields: { price: 'number', sizes: 'array of integer' } } },
} as const satisfies OutputFields

const RESULT = {
  name: 'a',
  total: 1.5,
  count: 2,
  paid: true,
  tags: ['x'],
  kind: 'invoice',
  note: null,
  items: [{ price: 1, sizes: [1, 2] }],
}

test('a result that has every field with its type fits', () => {
  expect(buildOutputSchema(FIELDS, 'refuse').parse(RESULT)).toEqual(RESULT)
})

test.each<[change: object, path: string]>([
  [{ name: 1 }, 'name'],
  [{ name: undefined }, 'name'],
  [{ name: null }, 'name'],
  [{ total: '1' }, 'total'],
  [{ count: 1.5 }, 'count'],
  [{ paid: 1 }, 'paid'],
  [{ tags: ['x', 2] }, 'tags.1'],
  [{ kind: 'other' }, 'kind'],
  [{ items: [{ price: 1, sizes: [1, 2.5] }] }, 'items.0.sizes.1'],
  [{ items: [{ price: 1 }] }, 'items.0.sizes'],
])('%j does not fit, and the path says where', (change, path) => {
  const { error } = buildOutputSchema(FIELDS, 'drop').safeParse({ ...RESULT, ...change })
  expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
})

test('fields that the schema does not have are dropped or refused, on every level', () => {
  const withMore = { ...RESULT, more: 1, items: [{ price: 1, sizes: [], more: 1 }] }
  expect(buildOutputSchema(FIELDS, 'drop').parse(withMore)).toEqual({ ...RESULT, items: [{ price: 1, sizes: [] }] })
  expect(buildOutputSchema(FIELDS, 'refuse').safeParse(withMore).error?.issues).toHaveLength(2)
})

describe('the JSON Schema that a model is sent', () => {
  const json = z.toJSONSchema(buildOutputSchema(FIELDS, 'drop')) as { properties: Record<string, object> }

  test('requires every field and allows no other, as strict structured output wants it', () => {
    expect(json).toMatchObject({ type: 'object', required: Object.keys(FIELDS), additionalProperties: false })
    expect(json.properties.items).toMatchObject({
      items: { required: ['price', 'sizes'], additionalProperties: false },
    })
  })

  test('carries descriptions, enums and what may be null', () => {
    expect(json.properties.kind).toMatchObject({ enum: ['invoice', 'receipt'], description: 'What it is.' })
    expect(json.properties.note).toMatchObject({ type: ['string', 'null'] })
  })
})

test('fields are counted on every level', () => {
  expect(countFields(FIELDS)).toBe(10)
})
