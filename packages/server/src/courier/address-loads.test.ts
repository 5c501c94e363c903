import { expect, test } from 'vitest'
import { AddressLoads, UNDER_WAY_FIRST, UNDER_WAY_MAX } from './address-loads.ts'

const PLENTY = 1_000_000

function begin(loads: AddressLoads, addressId: string, count: number) {
  for (let index = 0; index < count; index++) loads.begin(addressId)
}

test('an address that nothing is known of gets its first places and no more', () => {
  const loads = new AddressLoads()
  begin(loads, 'a', UNDER_WAY_FIRST - 1)
  expect(loads.full(PLENTY)).toEqual([])
  expect(loads.rooms(PLENTY)).toEqual({ a: 1 })
  loads.begin('a')
  expect(loads.full(PLENTY)).toEqual(['a'])
  expect(loads.rooms(PLENTY)).toEqual({ a: 0 })
})

test('success earns places one by one up to the most, failure halves them down to one', () => {
  const loads = new AddressLoads()
  begin(loads, 'a', UNDER_WAY_MAX + 1)
  for (let index = 0; index < UNDER_WAY_MAX; index++) {
    loads.end('a', true)
    loads.begin('a')
  }
  expect(loads.rooms(PLENTY)).toEqual({ a: 0 })
  loads.end('a', true)
  loads.end('a', true)
  expect(loads.rooms(PLENTY)).toEqual({ a: 1 })
  for (let index = 0; index < 20; index++) loads.end('a', false)
  expect(loads.full(PLENTY)).toEqual(['a'])
})

test('an address that failed is remembered when nothing of it is under way', () => {
  const loads = new AddressLoads()
  loads.begin('a')
  loads.end('a', false)
  expect(loads.rooms(PLENTY)).toEqual({ a: UNDER_WAY_FIRST / 2 })
})

test('whoever was kept back is told by the next end, once', () => {
  const loads = new AddressLoads()
  begin(loads, 'a', UNDER_WAY_FIRST)
  begin(loads, 'b', 2)
  loads.full(PLENTY)
  expect(loads.end('b', true)).toBe(false)
  expect(loads.end('a', true)).toBe(true)
  expect(loads.end('a', true)).toBe(false)
})

test('what a claim passes by is looked at again, also when all that is under way ends before the claim does', () => {
  const loads = new AddressLoads()
  begin(loads, 'a', UNDER_WAY_FIRST)
  expect(loads.rooms(PLENTY)).toEqual({ a: 0 })
  // The claim is under way now.
  expect(loads.end('a', true)).toBe(true)
})

test('a claim that brought as much as there was room for may have left more', () => {
  const loads = new AddressLoads()
  loads.claimed('a', UNDER_WAY_FIRST, {})
  loads.claimed('b', UNDER_WAY_FIRST - 1, {})
  loads.claimed('c', 3, { c: 3 })
  for (const addressId of ['a', 'b', 'c']) loads.begin(addressId)
  expect(['a', 'b', 'c'].map((addressId) => loads.end(addressId, true))).toEqual([true, false, true])
})

test('the fewer slots are free, the fewer one address gets, but always one', () => {
  const loads = new AddressLoads()
  begin(loads, 'a', 3)
  expect(loads.rooms(8)).toEqual({ a: 1 })
  expect(loads.full(6)).toEqual(['a'])
  begin(loads, 'b', 1)
  expect(loads.full(0)).toEqual(['a', 'b'])
  loads.end('b', true)
  expect(loads.rooms(0).b).toBe(1)
})
