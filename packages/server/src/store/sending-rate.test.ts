import { describe, expect, test } from 'vitest'
import { grantSends } from './sending-rate.ts'

const START = 1_000_000

/** Sends as much as is allowed whenever it is asked, at these times after the start; gives how many by each time. */
function sendAll(perSecond: number, times: readonly number[]): number[] {
  let readyAt = 0
  let sent = 0
  return times.map((time) => {
    const grant = grantSends(perSecond, readyAt, START + time)
    sent += grant.allowed
    if (grant.allowed > 0) readyAt = grant.readyAfter(grant.allowed)
    return sent
  })
}

describe('the rate', () => {
  test('allows one send an interval, the first at once', () => {
    expect(sendAll(1, [0, 1, 999, 1_000, 1_999, 2_000])).toEqual([1, 1, 1, 2, 2, 3])
  })

  test('allows a tenth of a second’s sends at one moment after a pause, and no more', () => {
    expect(sendAll(50, [0])).toEqual([5])
    expect(sendAll(200, [0, 60_000])).toEqual([20, 40])
  })

  test.each([1, 3, 7, 10, 50, 300, 1_000])('of %i a second is never exceeded, whenever somebody asks', (perSecond) => {
    const times = Array.from({ length: 3_000 }, (_, index) => index * 7 + (index % 5))
    const burst = Math.max(Math.floor(perSecond / 10), 1)
    for (const [index, sent] of sendAll(perSecond, times).entries()) {
      const seconds = (times[index] as number) / 1_000
      expect(sent).toBeLessThanOrEqual(seconds * perSecond + burst + 1e-9)
    }
  })

  test.each([1, 4, 10, 50, 250])('of %i a second is reached when there is always something to send', (perSecond) => {
    const times = Array.from({ length: 10_001 }, (_, index) => index)
    expect(sendAll(perSecond, times).at(-1)).toBeGreaterThanOrEqual(perSecond * 10)
  })

  test('counts only what was used', () => {
    const grant = grantSends(50, 0, START)
    expect(grant.allowed).toBe(5)
    expect(grantSends(50, grant.readyAfter(2), START).allowed).toBe(3)
    expect(grantSends(50, grant.readyAfter(5), START).allowed).toBe(0)
    expect(grantSends(50, grant.readyAfter(5), grant.readyAfter(5)).allowed).toBeGreaterThan(0)
  })
})
