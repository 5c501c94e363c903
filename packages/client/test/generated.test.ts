import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { committed, generatedFiles } from '../generate.ts'
import { typeOf } from '../json-schema-types.ts'

test('src/generated is what the schemas of the server say today (`npm run generate`)', () => {
  const files = generatedFiles()
  for (const [name, text] of files) expect(committed(name), name).toBe(text)
  expect(readdirSync(new URL('../src/generated', import.meta.url)).sort()).toEqual([...files.keys()].sort())
})

test('a schema that it cannot write as a type stops the generator', () => {
  expect(() => typeOf({ type: 'tuple' })).toThrow('no type is known')
})

test.each([
  [{ anyOf: [{ type: 'integer' }, { type: 'string', const: '' }] }, 'number'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ enum: ['a', 'b'] }, '"a" | "b"'],
  [{ type: 'array', items: { enum: ['a', 'b'] } }, '("a" | "b")[]'],
  [{ type: 'object', additionalProperties: { type: 'number' } }, 'Record<string, number>'],
  [{}, 'unknown'],
])('%j is %s', (schema, type) => {
  expect(typeOf(schema)).toBe(type)
})
