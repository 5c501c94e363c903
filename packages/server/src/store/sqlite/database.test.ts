import { afterAll, expect, test } from 'vitest'
import { openDatabase } from './database.ts'

const database = openDatabase(':memory:')
afterAll(() => database.close())

const NUMBERED = 'select value as number, null as missing, ? as word from json_each(?)'

// Strict equality tells an ordinary object from a dictionary without a prototype, as `node:sqlite` would give.
test('rows are ordinary objects with their columns by name', () => {
  const numbered = database.prepare(NUMBERED)
  const rows = [1, 2].map((number) => ({ number, missing: null, word: 'é' }))
  expect(numbered.all('é', '[1,2]')).toStrictEqual(rows)
  expect(numbered.get('é', '[1,2]')).toStrictEqual(rows[0])
  expect(database.query(NUMBERED, ['é', '[1,2]'])).toStrictEqual(rows)
})

test('where there is no row, a look-up gives undefined and a list is empty', () => {
  const numbered = database.prepare(NUMBERED)
  expect(numbered.get('é', '[]')).toBeUndefined()
  expect(numbered.all('é', '[]')).toEqual([])
})
