import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type JudgedDelivery, judge } from './judge.ts'
import type { SendOutcome } from './sending/outcome.ts'

const NOW = Date.UTC(2026, 0, 31, 8, 50, 11, 188)
const SCHEDULE_MS = [10_000, 60_000, 600_000]
const HOUR_MS = 3_600_000

const base = { remoteAddress: null, timing: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: 1, totalMs: 2 } }

function answered(status: number, headers: [string, string][] = []): SendOutcome {
  return { ...base, answer: { status, headers, body: '', truncated: false }, failure: null }
}

function judged(
  outcome: SendOutcome,
  {
    failureCount = 0,
    trigger = 'job',
    scheduleMs = SCHEDULE_MS,
    chance = 0,
    probe = false,
    deliveredBefore = false,
  }: Partial<JudgedDelivery> & {
    scheduleMs?: readonly number[]
    chance?: number
  } = {},
) {
  return judge(
    outcome,
    { failureCount, trigger, probe, deliveredBefore },
    { scheduleMs, now: NOW, random: () => chance },
  )
}

/** How long the next attempt waits; null when there is none. */
function waitMs(...parameters: Parameters<typeof judged>): number | null {
  const { next } = judged(...parameters)
  return next.status === 'waiting' ? next.nextAttemptAt - NOW : null
}

describe('what an attempt was', () => {
  test.each([200, 201, 202, 204, 226, 299])('%i is delivered', (status) => {
    expect(judged(answered(status))).toEqual({
      cause: null,
      message: null,
      next: { status: 'delivered' },
      report: { kind: 'reached' },
      spendsSchedule: false,
    })
  })

  test.each([300, 301, 302, 303, 304, 307, 308, 399])('%i is a redirect, which is a failure', (status) => {
    expect(judged(answered(status))).toMatchObject({ cause: 'redirect', message: expect.stringContaining(`${status}`) })
  })

  test.each([400, 401, 404, 410, 418, 429, 500, 503, 599, 999])('%i is a failure by its status', (status) => {
    expect(judged(answered(status))).toMatchObject({ cause: 'status', message: `answered ${status}` })
  })

  test('a failed step wins over a 2xx that had begun', () => {
    const failure = { cause: 'timeout', message: 'the answer did not end' } as const
    expect(judged({ ...answered(200), failure })).toMatchObject({ ...failure, next: { status: 'waiting' } })
  })

  test('neither an answer nor a failure is no success', () => {
    expect(judged({ ...base, answer: null, failure: null }).cause).toBe('status')
  })
})

describe('the schedule', () => {
  test('has a delay for each failure, then it is over', () => {
    const waits = [0, 1, 2, 3, 4].map((failureCount) => waitMs(answered(500), { failureCount }))
    expect(waits).toEqual([10_000, 60_000, 600_000, null, null])
    expect(judged(answered(500), { failureCount: 3 }).next).toEqual({ status: 'failed' })
  })

  test('that is empty is one attempt', () => {
    expect(judged(answered(500), { scheduleMs: [] }).next).toEqual({ status: 'failed' })
  })

  test('does not hold for tests: one attempt, whatever was asked', () => {
    const outcome = answered(503, [['Retry-After', '5']])
    expect(judged(outcome, { trigger: 'test' })).toMatchObject({ cause: 'status', next: { status: 'failed' } })
    expect(judged(answered(204), { trigger: 'test' }).next).toEqual({ status: 'delivered' })
  })

  test.each([
    [0, 10_000],
    [0.5, 11_000],
    [0.999999999, 12_000],
  ])('jitter of %d makes 10 s %i ms: only ever later, at most a fifth', (chance, delayMs) => {
    expect(waitMs(answered(500), { chance })).toBe(delayMs)
  })
})

test('every schedule, whatever chance says, is never early, and over within its own length and a fifth of it', () => {
  const delays = fc.array(fc.integer({ min: 1_000, max: 24 * HOUR_MS }), { maxLength: 20 })
  fc.assert(
    fc.property(
      delays,
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 21, maxLength: 21 }),
      (scheduleMs, chances) => {
        const waits = chances.map((chance, failureCount) => waitMs(answered(500), { scheduleMs, failureCount, chance }))
        for (const [failureCount, wait] of waits.entries()) {
          const planned = scheduleMs[failureCount] ?? null
          expect(wait === null).toBe(planned === null)
          if (wait !== null && planned !== null) expect(wait).toBeGreaterThanOrEqual(planned)
        }
        const planned = scheduleMs.reduce((one, other) => one + other, 0)
        const waited = waits.reduce<number>((one, other) => one + (other ?? 0), 0)
        // Each is rounded to a millisecond.
        expect(waited).toBeLessThanOrEqual(planned * 1.2 + scheduleMs.length)
      },
    ),
  )
})

describe('Retry-After', () => {
  const asking = (status: number, value: string, name = 'Retry-After') => answered(status, [[name, value]])

  test.each([429, 503])('on %i makes the wait longer', (status) => {
    expect(waitMs(asking(status, '30'))).toBe(30_000)
    expect(waitMs(asking(status, '30', 'retry-after'))).toBe(30_000)
    expect(waitMs(asking(status, 'Sat, 31 Jan 2026 08:51:11 GMT'))).toBe(59_812)
  })

  test.each([200, 301, 404, 500, 502, 504])('on %i means nothing', (status) => {
    expect(waitMs(asking(status, '30'))).toBe(status === 200 ? null : 10_000)
  })

  test.each(['0', '5', 'Sun, 06 Nov 1994 08:49:37 GMT', 'garbage', ''])('"%s" never makes it shorter', (value) => {
    expect(waitMs(asking(503, value))).toBe(10_000)
    expect(waitMs(asking(503, value), { chance: 0.5 })).toBe(11_000)
  })

  test.each(['4261', '999999', '9'.repeat(40), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    '"%s" delays by at most an hour beyond the plan',
    (value) => {
      expect(waitMs(asking(503, value))).toBe(10_000 + HOUR_MS)
      expect(waitMs(asking(503, value), { failureCount: 2, chance: 0.5 })).toBe(660_000 + HOUR_MS)
    },
  )

  test('adds no attempts to the schedule', () => {
    expect(judged(asking(503, '30'), { failureCount: 3 }).next).toEqual({ status: 'failed' })
  })

  test('of several, the first counts', () => {
    const outcome = answered(503, [
      ['retry-after', '20'],
      ['Retry-After', '40'],
    ])
    expect(waitMs(outcome)).toBe(20_000)
  })
})

describe('what an attempt says about the address', () => {
  test.each([429, 502, 503, 504])('%i asks for patience with all of it', (status) => {
    expect(judged(answered(status)).report).toMatchObject({ kind: 'failed', slow: true })
  })

  test('a Retry-After is what it asked for, at most an hour', () => {
    const asked = (seconds: string) => judged(answered(503, [['Retry-After', seconds]])).report
    expect(asked('120')).toMatchObject({ askedUntil: NOW + 120_000 })
    expect(asked('999999')).toMatchObject({ askedUntil: NOW + 3_600_000 })
  })

  test('410 says that it is gone: no retry, whatever the schedule has left', () => {
    expect(judged(answered(410))).toMatchObject({ next: { status: 'failed' }, report: { gone: true } })
  })

  test.each(['invalid_request', 'proxy'] as const)('%s is ours and says nothing', (cause) => {
    expect(judged({ ...base, answer: null, failure: { cause, message: 'x' } }).report).toBeNull()
  })

  test('a failure of our proxy spends no step of the schedule, even the last', () => {
    const failure = { cause: 'proxy', message: 'x' } as const
    expect(judged({ ...base, answer: null, failure }, { failureCount: 99 })).toMatchObject({
      next: { status: 'waiting', nextAttemptAt: NOW + 10_000 },
      spendsSchedule: false,
    })
  })

  test('a resend that fails takes back no success', () => {
    const resent = judged(answered(500), { failureCount: 99, deliveredBefore: true })
    expect(resent).toMatchObject({ cause: 'status', next: { status: 'delivered' } })
  })
})
