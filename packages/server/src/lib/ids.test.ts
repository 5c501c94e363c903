import { expect, test } from 'vitest'
import { isId, newId, timeOfId } from './ids.ts'

/** More than one millisecond can hold before its counter is full. */
const COUNT = 50_000

test('each id is greater than the one before, however many a millisecond makes', () => {
  const ids = Array.from({ length: COUNT }, newId)
  expect(ids.filter((id, index) => index > 0 && id <= (ids[index - 1] as string))).toEqual([])
})

test('ids are UUIDs of version 7 and of the variant of RFC 9562, and only such have the form of one', () => {
  const ids = Array.from({ length: COUNT }, newId)
  expect(ids.filter((id) => !isId(id) || !/^.{14}7.{4}[89ab]/.test(id))).toEqual([])
  expect(['', 'x', ids[0]?.toUpperCase(), `${ids[0]} `].filter((text) => isId(text ?? ''))).toEqual([])
})

test('the time of an id is that of its making, to within what the counter borrows', () => {
  const id = newId()
  const ms = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
  expect(Math.abs(ms - Date.now())).toBeLessThan(5_000)
})

test('an id tells when it was made; what is no id is from the beginning of time', () => {
  expect(timeOfId('019aaa00-0001-7000-8000-000000000000')).toBe(0x019aaa000001)
  expect(timeOfId('019AAA00-0001-7000-8000-000000000000')).toBe(0)
})
