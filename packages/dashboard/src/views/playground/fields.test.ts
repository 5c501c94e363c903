import { expect, test } from 'vitest'
import { fieldsOf, inputOf, valuesOf } from './fields.ts'

const nullable = (...anyOf: object[]) => ({ anyOf: [{ anyOf }, { type: 'null' }] })

const fields = fieldsOf({
  isForm: false,
  schema: {
    required: ['content'],
    properties: {
      content: { type: 'string', maxLength: 500_000, description: 'The text to work on.' },
      country: { type: ['string', 'null'] },
      max_length: nullable({ type: 'integer' }, { type: 'string', enum: [''] }),
      remote: nullable({ type: 'boolean' }, { type: 'string', enum: [''] }),
      skills: nullable({ type: 'array', items: { type: 'string' } }, { type: 'string', enum: [''] }),
      tone: { type: 'string', enum: ['formal', 'plain'] },
      weights: { type: 'object' },
    },
  },
})

test('each field is asked for by its schema; null and the empty string are no form of their own', () => {
  expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
    ['content', 'long-text'],
    ['country', 'text'],
    ['max_length', 'number'],
    ['remote', 'yes-no'],
    ['skills', 'lines'],
    ['tone', 'choice'],
    ['weights', 'json'],
  ])
  expect(fields[0]).toMatchObject({ isRequired: true, description: 'The text to work on.' })
  expect(fields[5]?.options).toEqual(['formal', 'plain'])
})

test('what is filled in becomes the input, and an input fills in the same', () => {
  const input = { content: 'a', max_length: 5, remote: false, skills: ['TypeScript', 'SQL'], weights: { a: 1 } }
  expect(inputOf(fields, valuesOf(fields, input))).toEqual(input)
})

test('what is empty is left out; what cannot be read is sent as it is', () => {
  expect(inputOf(fields, { content: 'a', country: '', max_length: 'five', weights: '{' })).toEqual({
    content: 'a',
    max_length: 'five',
    weights: '{',
  })
})
