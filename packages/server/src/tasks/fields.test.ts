import { expect, test } from 'vitest'
import { z } from 'zod'
import { maxLengthField, maxQuantityField, optional, optionalLanguageField, shortTextField } from './fields.ts'

test.each([null, undefined, ''])('%j is no value, and no error, for what may be left out', (value) => {
  for (const field of [maxLengthField, maxQuantityField, optionalLanguageField, optional(z.boolean())]) {
    expect(field.parse(value) || null).toBeNull()
  }
})

test.each([0, -1, 1.5, '20', 1_001, true, []])('a quantity of %j is refused', (value) => {
  expect(maxQuantityField.safeParse(value).success).toBe(false)
})

test('a quantity of 400, as published samples ask for, is taken', () => {
  expect(maxQuantityField.parse(400)).toBe(400)
})

test.each(['', '   ', 'x'.repeat(201), 5, null])('a short text of %j is refused', (value) => {
  expect(shortTextField.safeParse(value).success).toBe(false)
})
