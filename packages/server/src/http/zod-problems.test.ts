import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '../lib/errors.ts'
import { checkPart } from './zod-problems.ts'

const schema = z.strictObject({
  text: z.string().min(2).max(3),
  count: z.int().min(1).max(9),
  flag: z.boolean().optional(),
  kind: z.enum(['red', 'green']).optional(),
  tags: z
    .array(z.object({ name: z.string() }))
    .max(2)
    .optional(),
  language: z
    .string()
    .regex(/^[A-Z]/, 'must be the name of a language')
    .or(z.literal(''))
    .nullish(),
})

function problems(value: unknown): string[] {
  try {
    checkPart(schema, value, 'body')
  } catch (error) {
    if (error instanceof AppError) return error.fields.map(({ field, message }) => `${field} ${message}`)
    throw error
  }
  return []
}

const good = { text: 'abc', count: 1 }

describe('what is wrong with a request is said by field, in words', () => {
  test.each<[value: unknown, problem: string]>([
    [undefined, 'body is missing; it must be a JSON object'],
    [[], 'body must be a JSON object, not an array'],
    [{ count: 1 }, 'text is missing; it must be a string'],
    [{ ...good, text: null }, 'text must be a string, not null'],
    [{ ...good, text: 'x' }, 'text must have at least 2 characters'],
    [{ ...good, text: 'xxxx' }, 'text must have at most 3 characters'],
    [{ ...good, count: '1' }, 'count must be a number, not a string'],
    [{ ...good, count: 1.5 }, 'count must be a whole number'],
    [{ ...good, count: 0 }, 'count must be at least 1'],
    [{ ...good, flag: 'yes' }, 'flag must be a boolean, not a string'],
    [{ ...good, kind: 'blue' }, 'kind must be one of "red", "green"'],
    [{ ...good, tags: [{}, { name: 1 }] }, 'tags.1.name must be a string, not a number'],
    [{ ...good, tags: [{ name: '' }, { name: '' }, { name: '' }] }, 'tags must have at most 2 items'],
    [{ ...good, language: '1' }, 'language must be the name of a language'],
    [{ ...good, language: 1 }, 'language must be a string, not a number'],
    [{ ...good, colour: 1 }, 'colour is not known here'],
  ])('%j: %s', (value, problem) => {
    expect(problems(value)).toContain(problem)
  })

  test('a right value has no problems', () => {
    expect(problems({ ...good, language: '', tags: [{ name: 'x' }] })).toEqual([])
  })

  test('the detail names the first problem and how many more there are', () => {
    expect(() => checkPart(schema, {}, 'body')).toThrow('text: is missing; it must be a string (and 1 more)')
  })

  test('what a query has twice is told as that, not as a wrong value', () => {
    expect(() => checkPart(z.object({ limit: z.coerce.number() }), { limit: ['1', '2'] }, 'query')).toThrow(
      'limit: was sent more than once; send it once',
    )
  })

  test('a thousand problems are told as twenty', () => {
    const value = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`field-${index}`, 1]))
    expect(problems({ ...good, ...value })).toHaveLength(20)
  })
})
