import { expect, test } from 'vitest'
import { judgeTime, type RetentionClock, TIME_JUMP_MS_MAX, TIME_PROBATION_MS } from './retention.ts'

const NOON = Date.UTC(2026, 0, 31, 12)
const YEAR_MS = 365 * 86_400_000
const MINUTE_MS = 60_000
const known = (trustedAt: number | null): RetentionClock => ({ trustedAt, seenAt: trustedAt ?? 0, doubtedMs: 0 })

/** Looks once a minute, from a time on; gives the time at which the clock is believed first. */
function believedAt(from: number, start: RetentionClock, stepMs = MINUTE_MS): number {
  let state = start
  for (let now = from; ; now += stepMs) {
    const judged = judgeTime(state, now)
    if (judged.isTrusted) return now
    state = judged
  }
}

test.each([
  ['the first look in an empty database', null, NOON],
  ['the next look', NOON, NOON + MINUTE_MS],
  ['a day without a process', NOON, NOON + TIME_JUMP_MS_MAX],
  ['a clock that was set back, far', NOON, NOON - YEAR_MS],
])('%s is believed at once', (_what, trustedAt, now) => {
  const trusted = { trustedAt: now, seenAt: now, doubtedMs: 0, isTrusted: true }
  expect(judgeTime(known(trustedAt), now)).toEqual(trusted)
})

test('a clock that jumped ahead is believed when it has run on for a day, looked at each minute', () => {
  const jumped = NOON + YEAR_MS
  const at = believedAt(jumped, known(NOON))
  expect(at - jumped).toBeGreaterThan(TIME_PROBATION_MS - 3 * MINUTE_MS)
  expect(at - jumped).toBeLessThanOrEqual(TIME_PROBATION_MS)
})

test('many processes that look do not shorten the day', () => {
  const jumped = NOON + YEAR_MS
  expect(believedAt(jumped, known(NOON), 1_000) - jumped).toBeGreaterThan(TIME_PROBATION_MS - 3 * MINUTE_MS)
})

test('another jump adds nothing to the day', () => {
  const first = judgeTime(known(NOON), NOON + YEAR_MS)
  const second = judgeTime(first, NOON + 2 * YEAR_MS)
  expect(second).toMatchObject({ isTrusted: false, trustedAt: NOON })
  expect(second.doubtedMs).toBeLessThanOrEqual(4 * MINUTE_MS)
})

test('a clock that is set right again is believed at once, and a later jump is doubted anew', () => {
  const doubted = judgeTime(known(NOON), NOON + YEAR_MS)
  const right = judgeTime({ ...doubted, doubtedMs: TIME_PROBATION_MS - 1 }, NOON + MINUTE_MS)
  expect(right).toMatchObject({ isTrusted: true, doubtedMs: 0 })
  expect(judgeTime(right, NOON + YEAR_MS).isTrusted).toBe(false)
})
