import { expect, test } from 'vitest'
import { type Place, type Room, takeTurns } from './turns.ts'

const place = (accountId: string, ...rooms: Room[]): Place => ({ accountId, rooms, share: 0 })
const room = (left: number): Room => ({ left })

function sharesOf(places: Place[], limit: number): number[] {
  takeTurns(places, limit)
  return places.map(({ share }) => share)
}

test('accounts take turns, whatever one of them has waiting', () => {
  expect(sharesOf([place('a', room(100_000)), place('b', room(1)), place('c', room(2))], 6)).toEqual([3, 1, 2])
  expect(sharesOf([place('a', room(100_000)), place('b', room(1))], 1)).toEqual([1, 0])
})

test('the places of an account share its turns', () => {
  const places = [place('a', room(9)), place('a', room(9)), place('b', room(9))]
  expect(sharesOf(places, 4)).toEqual([1, 1, 2])
})

test('nothing is left over while anybody could take it', () => {
  expect(sharesOf([place('a', room(5)), place('b', room(1))], 10)).toEqual([5, 1])
})

test('a room that several places share is given out once', () => {
  const provider = room(3)
  expect(sharesOf([place('a', room(9), provider), place('b', room(9), provider)], 10)).toEqual([2, 1])
  const account = room(2)
  expect(sharesOf([place('a', account, room(9)), place('a', account, room(9))], 10)).toEqual([1, 1])
})

test('the place that came last is told, so that the next round can begin behind it', () => {
  const places = [place('a', room(1)), place('b', room(1)), place('c', room(1))]
  expect(takeTurns(places, 2)).toBe(places[1])
  expect(takeTurns([place('a', room(0))], 2)).toBeNull()
})
