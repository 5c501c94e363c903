import { describe, expect, test } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { createRateLimiter } from './rate-limit.ts'

function limiterAt(startMs: number, requestsPerMinute: number) {
  const time = { nowMs: startMs }
  const limiter = createRateLimiter({ clock: { ...systemClock, now: () => time.nowMs }, requestsPerMinute })
  return { time, limiter }
}

describe('the rate limit', () => {
  test('an account has exactly its limit in one minute of the clock, and all of it again in the next', () => {
    const { time, limiter } = limiterAt(120_000, 3)
    const remaining = [1, 2, 3].map(() => limiter.spend('a').remaining)
    expect(remaining).toEqual([2, 1, 0])
    expect(limiter.spend('a')).toMatchObject({ allowed: false, remaining: 0, limit: 3 })
    time.nowMs = 179_999
    expect(limiter.spend('a').allowed).toBe(false)
    time.nowMs = 180_000
    expect(limiter.spend('a')).toMatchObject({ allowed: true, remaining: 2 })
  })

  test('one account spends nothing of another', () => {
    const { limiter } = limiterAt(0, 1)
    limiter.spend('a')
    expect(limiter.spend('a').allowed).toBe(false)
    expect(limiter.spend('b').allowed).toBe(true)
  })

  test('looking spends nothing', () => {
    const { limiter } = limiterAt(0, 2)
    for (let look = 0; look < 10; look++) expect(limiter.look('a').remaining).toBe(2)
    limiter.spend('a')
    expect(limiter.look('a').remaining).toBe(1)
  })

  test('tells when the window ends in Unix seconds, and how long that is in whole seconds of at least one', () => {
    const { time, limiter } = limiterAt(1_769_849_411_188, 1)
    expect(limiter.look('a')).toMatchObject({ resetAtSeconds: 1_769_849_460, retryAfterSeconds: 49 })
    time.nowMs = 1_769_849_459_999
    expect(limiter.look('a').retryAfterSeconds).toBe(1)
    time.nowMs = 1_769_849_460_000
    expect(limiter.look('a')).toMatchObject({ resetAtSeconds: 1_769_849_520, retryAfterSeconds: 60 })
  })

  test('a clock that was set back locks nobody out', () => {
    const { time, limiter } = limiterAt(3_600_000, 1)
    limiter.spend('a')
    time.nowMs = 0
    expect(limiter.spend('a').allowed).toBe(true)
  })
})
