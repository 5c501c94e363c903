import { describe, expect, test } from 'vitest'
import {
  type AddressHealth,
  type AddressReport,
  afterFailure,
  afterSuccess,
  DISABLE_AFTER_MS,
  FAILURES_MAX,
  HEALTHY,
  PAUSE_FIRST_MS,
  PAUSE_MS_MAX,
  SILENCE_MS,
  SLOW_PAUSE,
} from './address-health.ts'
import { isPaused } from './pause.ts'

type Failure = Extract<AddressReport, { kind: 'failed' }>

const NOW = 1_000_000_000

const failed = (change: Partial<Failure> = {}): Failure => ({
  kind: 'failed',
  cause: 'status',
  slow: false,
  askedUntil: null,
  gone: false,
  probe: false,
  ...change,
})

function after(health: AddressHealth, change: Partial<Failure> = {}, { now = NOW, hasSwitch = true } = {}) {
  return afterFailure(health, failed(change), now, { hasSwitch })
}

const FAILING: AddressHealth = {
  state: 'failing',
  failures: 5,
  failingSince: NOW - 9,
  lastFailureAt: NOW - 9,
  pausedUntil: NOW,
}

describe('a healthy address', () => {
  test('stays so, without a pause, until as many failures in a row as make it failing', () => {
    let health: AddressHealth = HEALTHY
    for (let failures = 1; failures < FAILURES_MAX; failures++) {
      health = after(health, {}, { now: NOW + failures })
      expect(health).toMatchObject({ state: 'healthy', failures, failingSince: NOW + 1, pausedUntil: null })
    }
    expect(after(health)).toEqual({
      state: 'failing',
      failures: FAILURES_MAX,
      failingSince: NOW + 1,
      lastFailureAt: NOW,
      pausedUntil: NOW + PAUSE_FIRST_MS,
      disable: null,
    })
  })

  test('is paused by answers that ask for patience: a second, doubled by each', () => {
    const pausesMs = [0, 1, 2, 3].map((failures) => {
      const { state, pausedUntil } = after({ ...HEALTHY, failures }, { slow: true })
      expect(state).toBe('healthy')
      return (pausedUntil ?? 0) - NOW
    })
    expect(pausesMs).toEqual([1_000, 2_000, 4_000, 8_000])
  })

  test('is paused until the receiver asked for, when that is later; never by a time that is past', () => {
    expect(after(HEALTHY, { slow: true, askedUntil: NOW + 90_000 }).pausedUntil).toBe(NOW + 90_000)
    expect(after(HEALTHY, { slow: true, askedUntil: NOW + 10 }).pausedUntil).toBe(NOW + 1_000)
    expect(after(HEALTHY, { askedUntil: NOW - 10 }).pausedUntil).toBeNull()
  })
})

describe('a failing address', () => {
  test('learns from its probes only', () => {
    expect(after(FAILING)).toEqual({ ...FAILING, disable: null })
    expect(after(FAILING, { probe: true })).toMatchObject({ failures: 6, pausedUntil: NOW + 2 * PAUSE_FIRST_MS })
  })

  test('is never paused for longer than the longest pause, unless the receiver asks for that', () => {
    const long = { ...FAILING, failures: 500 }
    expect(after(long, { probe: true, slow: true }).pausedUntil).toBe(NOW + PAUSE_MS_MAX)
    expect(PAUSE_MS_MAX).toBeGreaterThan(SLOW_PAUSE.mostMs)
    expect(after(long, { probe: true, askedUntil: NOW + 3_600_000 }).pausedUntil).toBe(NOW + 3_600_000)
  })
})

describe('the switch', () => {
  test('is turned off by a receiver that is gone, in whatever state', () => {
    for (const health of [HEALTHY, FAILING]) {
      const change = after(health, { gone: true })
      expect(change).toMatchObject({ state: 'disabled', pausedUntil: null, disable: expect.stringContaining('410') })
    }
  })

  test('is turned off by the first failure after five days without success, probe or not', () => {
    const since = { ...FAILING, failingSince: NOW - DISABLE_AFTER_MS }
    expect(after(since)).toMatchObject({ state: 'disabled', disable: expect.stringContaining('5 days') })
    expect(after({ ...since, failingSince: NOW - DISABLE_AFTER_MS + 1 }).disable).toBeNull()
  })

  test('is not turned off by one failure after a long silence: the days are counted anew', () => {
    const silent = { ...FAILING, failingSince: NOW - DISABLE_AFTER_MS, lastFailureAt: NOW - SILENCE_MS - 1 }
    expect(after(silent, { probe: true })).toMatchObject({ failingSince: NOW, failures: 6, disable: null })
    expect(after({ ...silent, lastFailureAt: NOW - SILENCE_MS }, { probe: true }).disable).toContain('5 days')
  })

  test('is turned off once', () => {
    const disabled: AddressHealth = { ...HEALTHY, state: 'disabled', failures: 3 }
    expect(after(disabled, { gone: true })).toEqual({ ...disabled, disable: null })
  })

  test('that is not there cannot be turned: failures and pauses go on', () => {
    const since = { ...FAILING, failingSince: NOW - 2 * DISABLE_AFTER_MS }
    expect(after(since, { gone: true, probe: true }, { hasSwitch: false })).toMatchObject({
      state: 'failing',
      failures: 6,
      pausedUntil: NOW + 2 * PAUSE_FIRST_MS,
      disable: null,
    })
  })
})

describe('a success', () => {
  test('ends the failing state and its pause', () => {
    const { lastFailureAt } = FAILING
    expect(afterSuccess({ ...FAILING, pausedUntil: NOW + 9 }, NOW)).toEqual({ ...HEALTHY, lastFailureAt })
  })

  test('ends the count of a healthy address, but not a pause that the receiver asked for', () => {
    const health: AddressHealth = { ...HEALTHY, failures: 3, failingSince: NOW - 1, pausedUntil: NOW + 9 }
    expect(afterSuccess(health, NOW)).toEqual({ ...HEALTHY, pausedUntil: NOW + 9 })
    expect(afterSuccess(health, NOW + 9)).toEqual(HEALTHY)
  })

  test('does not switch a webhook on', () => {
    const disabled: AddressHealth = { ...HEALTHY, state: 'disabled' }
    expect(afterSuccess(disabled, NOW)).toEqual(disabled)
  })
})

test('a pause ends at its moment', () => {
  expect([null, NOW, NOW + 1].map((pausedUntil) => isPaused({ pausedUntil }, NOW))).toEqual([false, false, true])
})
