import { describe, expect, test } from 'vitest'
import {
  ASKED_MS_MAX,
  afterReport,
  isLanePaused,
  LANE_FAILURES_MAX,
  type LaneHealth,
  type LaneReport,
} from './lane-health.ts'

const NOW = 1_000_000
const HEALTHY: LaneHealth = { state: 'healthy', failures: 0, limits: 0, pausedUntil: null }
const FAILED: LaneReport = { kind: 'failed', askedMs: null, probe: false }
const PROBE_FAILED: LaneReport = { ...FAILED, probe: true }
const ANSWERED: LaneReport = { kind: 'answered' }
const limited = (askedMs: number | null): LaneReport => ({ kind: 'limited', askedMs })

const after = (reports: readonly LaneReport[], health = HEALTHY, now = NOW): LaneHealth =>
  reports.reduce((current, report) => afterReport(current, report, now), health)

const FAILING = after(Array(LANE_FAILURES_MAX).fill(FAILED))

describe('a provider that does not answer', () => {
  test('is failing after five runs in a row, and paused for ten seconds', () => {
    expect(after(Array(4).fill(FAILED))).toMatchObject({ state: 'healthy', failures: 4, pausedUntil: null })
    expect(FAILING).toEqual({ state: 'failing', failures: 5, limits: 0, pausedUntil: NOW + 10_000 })
  })

  test('in a row means without an answer between, whatever the answer was', () => {
    for (const answer of [ANSWERED, limited(0)]) {
      const health = after([FAILED, FAILED, FAILED, FAILED, answer, FAILED])
      expect(health).toMatchObject({ state: 'healthy', failures: 1 })
    }
  })

  test('a failed probe doubles the pause, up to five minutes; other runs that end meanwhile say nothing', () => {
    const pauses = Array.from({ length: 8 }, (_, count) => after(Array(count).fill(PROBE_FAILED), FAILING))
    expect(pauses.map(({ pausedUntil }) => (pausedUntil ?? 0) - NOW)).toEqual([
      10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000,
    ])
    expect(after([FAILED, FAILED], FAILING)).toEqual(FAILING)
  })

  test('any answer makes it healthy', () => {
    expect(after([ANSWERED], FAILING)).toEqual(HEALTHY)
    expect(after([limited(5_000)], FAILING)).toMatchObject({ state: 'healthy', failures: 0 })
  })

  test('a wish to wait pauses it before it is failing, too', () => {
    expect(after([{ ...FAILED, askedMs: 30_000 }])).toMatchObject({ state: 'healthy', pausedUntil: NOW + 30_000 })
    expect(after([{ ...PROBE_FAILED, askedMs: 90_000 }], FAILING)).toMatchObject({ pausedUntil: NOW + 90_000 })
  })
})

describe('a provider that limits requests', () => {
  test('is paused for as long as it asked, an hour at most', () => {
    expect(after([limited(120_000)])).toEqual({ ...HEALTHY, limits: 1, pausedUntil: NOW + 120_000 })
    expect(after([limited(86_400_000)]).pausedUntil).toBe(NOW + ASKED_MS_MAX)
    expect(ASKED_MS_MAX).toBe(3_600_000)
  })

  test('is never asked again earlier because another run was asked to wait less', () => {
    expect(after([limited(120_000), limited(1_000)]).pausedUntil).toBe(NOW + 120_000)
  })

  test('without a wish, the pause doubles with each round, however many runs hear of it in one', () => {
    let health = after([limited(null), limited(null), limited(null)])
    expect(health).toMatchObject({ limits: 1, pausedUntil: NOW + 1_000 })
    health = after([limited(null), limited(null)], health, NOW + 1_000)
    expect(health).toMatchObject({ limits: 2, pausedUntil: NOW + 3_000 })
    const later = after([{ kind: 'limited', askedMs: null }], { ...health, limits: 30 }, NOW + 9_000)
    expect((later.pausedUntil ?? 0) - NOW - 9_000).toBe(60_000)
  })

  test('an answer that was under way does not end the pause; one after it does', () => {
    const paused = after([limited(120_000)])
    expect(afterReport(paused, ANSWERED, NOW + 119_999)).toBe(paused)
    expect(afterReport(paused, ANSWERED, NOW + 120_000)).toEqual(HEALTHY)
  })
})

test('a pause that seems longer than any was written before the clock was set back, and holds up nobody', () => {
  expect(isLanePaused({ pausedUntil: null }, NOW)).toBe(false)
  expect(isLanePaused({ pausedUntil: NOW }, NOW)).toBe(false)
  expect(isLanePaused({ pausedUntil: NOW + ASKED_MS_MAX }, NOW)).toBe(true)
  expect(isLanePaused({ pausedUntil: NOW + ASKED_MS_MAX + 1 }, NOW)).toBe(false)
})

test('an answer of a healthy lane changes nothing, so nothing is written', () => {
  expect(afterReport(HEALTHY, ANSWERED, NOW)).toBe(HEALTHY)
})
