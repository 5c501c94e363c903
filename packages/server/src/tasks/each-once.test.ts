import { expect, test } from 'vitest'
import { eachOnce } from './each-once.ts'

test('the first of each name stays, in order', () => {
  const items = [{ name: 'Ski' }, { name: 'boot' }, { name: ' ski ' }, { name: 'BOOT' }]
  expect(eachOnce(items, ({ name }) => name)).toEqual([{ name: 'Ski' }, { name: 'boot' }])
})
