import { expect, test } from 'vitest'
import { rank, weightedList } from './weighted-list.ts'

const items = [
  { name: 'Skis', weight: 3 },
  { name: ' Boots ', weight: 9.449 },
  { name: 'skis', weight: 7 },
  { name: 'Poles', weight: 5 },
]

test('the best comes first, each name once in the spelling that weighs most, weights with one decimal', () => {
  expect(rank(items, { quantityMax: 10 })).toEqual([
    { name: 'Boots', weight: 9.4 },
    { name: 'skis', weight: 7 },
    { name: 'Poles', weight: 5 },
  ])
})

test('a list that is too long loses its lightest items', () => {
  expect(rank(items, { quantityMax: 1 })).toEqual([{ name: 'Boots', weight: 9.4 }])
})

test('what was asked about is no answer', () => {
  expect(rank(items, { quantityMax: 10, without: 'SKIS' }).map(({ name }) => name)).toEqual(['Boots', 'Poles'])
})

test.each([0.9, 10.1, -1, Number.NaN, '5', null])('a weight of %j does not fit', (weight) => {
  expect(weightedList.safeParse([{ name: 'Skis', weight }]).error?.issues[0]?.path).toEqual([0, 'weight'])
})

test('a blank name does not fit', () => {
  expect(weightedList.safeParse([{ name: ' ', weight: 5 }]).error?.issues[0]?.path).toEqual([0, 'name'])
})
