import { expect, test } from 'vitest'
import { FULL_DIALECT, simplerDialect } from './dialect.ts'

const refusal = (message: string, statusCode = 400) => ({ message, statusCode })

test('a refusal that names the temperature drops it, and only it', () => {
  expect(simplerDialect(FULL_DIALECT, refusal('temperature is deprecated'))).toEqual({
    temperature: false,
    schema: true,
  })
})

test.each([
  'response_format.type json_schema is not supported',
  'This model does not support structured outputs',
  'Grammar error: Unimplemented keys: ["minimum"]',
])('a refusal of the schema (%s) drops it, and only it', (message) => {
  expect(simplerDialect(FULL_DIALECT, refusal(message, 422))).toEqual({ temperature: true, schema: false })
})

test('what was not sent is not dropped again, so that a refusal never repeats for ever', () => {
  expect(simplerDialect({ temperature: false, schema: false }, refusal('temperature, response_format'))).toBeNull()
})

test('other refusals and other statuses change nothing', () => {
  expect(simplerDialect(FULL_DIALECT, refusal('prompt too long'))).toBeNull()
  expect(simplerDialect(FULL_DIALECT, refusal('temperature', 500))).toBeNull()
})
