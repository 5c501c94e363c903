import type { Delivery } from '@ringback/contract'
import { expect, test } from 'vitest'
import { mergeNewest } from './live-rows.ts'

const row = (id: string, status: Delivery['status'] = 'waiting') => ({ id, status }) as Delivery

test('rows stay in their places and get their present status', () => {
  const { rows } = mergeNewest([row('c'), row('b'), row('a')], [row('d'), row('c', 'delivered'), row('b')])
  expect(rows.map(({ id, status }) => `${id} ${status}`)).toEqual(['c delivered', 'b waiting', 'a waiting'])
})

test('rows further down get their present status too, and none comes or goes there', () => {
  const older = [row('b', 'delivered'), row('aa', 'failed')]
  const { rows, newCount } = mergeNewest([row('c'), row('b'), row('a')], [row('c')], older)
  expect(rows.map(({ id, status }) => `${id} ${status}`)).toEqual(['c waiting', 'b delivered', 'a waiting'])
  expect(newCount).toBe(0)
})

test('what came since is counted and not shown', () => {
  expect(mergeNewest([row('b')], [row('d'), row('c'), row('b')])).toMatchObject({ newCount: 2, isMore: false })
  expect(mergeNewest([row('b')], [row('b')])).toMatchObject({ newCount: 0, isMore: false })
  expect(mergeNewest([], [row('a')])).toMatchObject({ newCount: 1, isMore: false })
})

test('a row that matches the filters only now is counted wherever its place is, and one from below the list is not', () => {
  const shown = [row('f'), row('d')]
  expect(mergeNewest(shown, [row('f'), row('e'), row('d')])).toMatchObject({ newCount: 1, isMore: false })
  expect(mergeNewest(shown, [row('f'), row('d'), row('a')])).toMatchObject({ newCount: 0 })
  expect(mergeNewest(shown, [row('f'), row('d'), row('a')], [], true)).toMatchObject({ newCount: 1 })
})

test('a whole page of new ones may have more behind it', () => {
  expect(mergeNewest([row('a')], [row('d'), row('c')])).toMatchObject({ newCount: 2, isMore: true })
})
