import { describe, expect, test } from 'vitest'
import { PROBE_MS } from './address-health.ts'
import { type AddressShare, afterClaim, divideClaim, type ReadyAddress, roomOf, withoutRoom } from './claim-shares.ts'

const NOW = 1_000_000

const ready = (id: string, change: Partial<ReadyAddress> = {}): ReadyAddress => ({
  id,
  accountId: id[0] as string,
  state: 'healthy',
  pausedUntil: null,
  rateReadyAt: 0,
  rateLimitPerSecond: null,
  due: 100,
  ...change,
})

function divide(addresses: readonly ReadyAddress[], limit: number, rooms = {}): Record<string, number> {
  const shares = divideClaim(addresses, { limit, ...rooms }, NOW)
  return Object.fromEntries(shares.map(({ address, share }) => [address.id, share]))
}

describe('the shares of a claim', () => {
  test('are equal between accounts, then between the addresses of each', () => {
    expect(divide([ready('a1'), ready('b1'), ready('a2'), ready('a3')], 12)).toEqual({ a1: 2, a2: 2, a3: 2, b1: 6 })
  })

  test('leave nothing free while something may go', () => {
    expect(divide([ready('a1', { due: 1 }), ready('b1', { due: 3 }), ready('c1')], 50)).toEqual({
      a1: 1,
      b1: 3,
      c1: 46,
    })
  })

  test('leave out addresses that must wait for the next claim, first those that came last', () => {
    expect(divide([ready('a1'), ready('b1'), ready('a2'), ready('b2')], 3)).toEqual({ a1: 1, b1: 1, a2: 1 })
  })

  test('are none for an address that looked ready and is not', () => {
    const limited = ready('a1', { rateLimitPerSecond: 1, rateReadyAt: NOW + 500 })
    expect(divide([limited, ready('b1', { due: 0 })], 10)).toEqual({ a1: 0, b1: 0 })
  })

  test('are no larger than rooms, rates and probes allow', () => {
    const addresses = [
      ready('a1', { state: 'failing' }),
      ready('b1', { rateLimitPerSecond: 50 }),
      ready('c1'),
      ready('d1'),
      ready('e1', { state: 'failing', pausedUntil: NOW + 1, due: 2 }),
    ]
    const rooms = { perAddress: 9, rooms: { c1: 30 } }
    expect(divide(addresses, 100, rooms)).toEqual({ a1: 1, b1: 5, c1: 30, d1: 9, e1: 2 })
  })
})

describe('rooms', () => {
  test('are the own one of an address, else the usual one, and never more than the claim', () => {
    const claim = { limit: 10, perAddress: 4, rooms: { a: 0, b: 99 } }
    expect(['a', 'b', 'c'].map((id) => roomOf(id, claim))).toEqual([0, 10, 4])
    expect(roomOf('a', { limit: 10 })).toBe(10)
    expect(withoutRoom(claim)).toEqual(['a'])
  })
})

describe('after a claim', () => {
  const shareOf = (address: ReadyAddress) => divideClaim([address], { limit: 10 }, NOW)[0] as AddressShare

  test('a failing address is held while its probe is under way, and only then', () => {
    const failing = shareOf(ready('a', { state: 'failing', pausedUntil: NOW }))
    expect(afterClaim(failing, 1, NOW).pausedUntil).toBe(NOW + PROBE_MS)
    expect(afterClaim(failing, 0, NOW).pausedUntil).toBe(NOW)
    const urgent = shareOf(ready('a', { state: 'failing', pausedUntil: NOW + 7 }))
    expect(afterClaim(urgent, 1, NOW).pausedUntil).toBe(NOW + 7)
    expect(afterClaim(shareOf(ready('a')), 1, NOW).pausedUntil).toBeNull()
  })

  test('a rate is spent by what was leased', () => {
    const limited = shareOf(ready('a', { rateLimitPerSecond: 10 }))
    expect(afterClaim(limited, 1, NOW).rateReadyAt).toBe(NOW + 100)
    expect(afterClaim(limited, 0, NOW).rateReadyAt).toBe(0)
  })
})
