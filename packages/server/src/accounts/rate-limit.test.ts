import { describe, expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { createRateLimiter } from './rate-limit.ts'

function limiterAt(startMs: number, requestsPerMinute: number) {
  const time = { nowMs: startMs }
  const limiter = createRateLimiter({ clock: { ...systemClock, now: () => time.nowMs }, requestsPerMinute })
  return { time, limiter }
}

const a = { accountId: 'a', requestsPerMinute: null }
const b = { accountId: 'b', requestsPerMinute: null }

describe('the rate limit', () => {
  test('an account has exactly its limit in one minute of the clock, and all of it again in the next', () => {
    const { time, limiter } = limiterAt(120_000, 3)
    const remaining = [1, 2, 3].map(() => limiter.spend(a).remaining)
    expect(remaining).toEqual([2, 1, 0])
    expect(limiter.spend(a)).toMatchObject({ allowed: false, remaining: 0, limit: 3 })
    time.nowMs = 179_999
    expect(limiter.spend(a).allowed).toBe(false)
    time.nowMs = 180_000
    expect(limiter.spend(a)).toMatchObject({ allowed: true, remaining: 2 })
  })

  test('one account spends nothing of another', () => {
    const { limiter } = limiterAt(0, 1)
    limiter.spend(a)
    expect(limiter.spend(a).allowed).toBe(false)
    expect(limiter.spend(b).allowed).toBe(true)
  })

  test('an account has its own limit where it has one', () => {
    const { limiter } = limiterAt(0, 1)
    const own = { accountId: 'own', requestsPerMinute: 3 }
    expect([1, 2, 3, 4].map(() => limiter.spend(own))).toMatchObject([
      { allowed: true, limit: 3, remaining: 2 },
      { allowed: true, remaining: 1 },
      { allowed: true, remaining: 0 },
      { allowed: false, remaining: 0 },
    ])
    // Lowered below what was spent already.
    expect(limiter.look({ ...own, requestsPerMinute: 2 })).toMatchObject({ allowed: false, limit: 2, remaining: 0 })
    expect(limiter.spend(a)).toMatchObject({ limit: 1, remaining: 0 })
  })

  test('looking spends nothing', () => {
    const { limiter } = limiterAt(0, 2)
    for (let look = 0; look < 10; look++) expect(limiter.look(a).remaining).toBe(2)
    limiter.spend(a)
    expect(limiter.look(a).remaining).toBe(1)
  })

  test('tells when the window ends in Unix seconds, and how long that is in whole seconds of at least one', () => {
    const { time, limiter } = limiterAt(1_769_849_411_188, 1)
    expect(limiter.look(a)).toMatchObject({ resetAtSeconds: 1_769_849_460, retryAfterSeconds: 49 })
    time.nowMs = 1_769_849_459_999
    expect(limiter.look(a).retryAfterSeconds).toBe(1)
    time.nowMs = 1_769_849_460_000
    expect(limiter.look(a)).toMatchObject({ resetAtSeconds: 1_769_849_520, retryAfterSeconds: 60 })
  })

  test('a clock that was set back locks nobody out', () => {
    const { time, limiter } = limiterAt(3_600_000, 1)
    limiter.spend(a)
    time.nowMs = 0
    expect(limiter.spend(a).allowed).toBe(true)
  })
})
