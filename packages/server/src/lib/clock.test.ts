import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createStandingClock } from '../../test/harness/standing-clock.ts'
import { sleep, systemClock } from './clock.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('the machine’s clock', () => {
  test('tells Unix milliseconds, and durations that never go back', () => {
    const before = Date.now()
    expect(systemClock.now()).toBeGreaterThanOrEqual(before)
    expect(Number.isInteger(systemClock.now())).toBe(true)
    const started = systemClock.monotonicMs()
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(started)
  })

  test('calls once, not before the time', async () => {
    const started = performance.now()
    let calls = 0
    await new Promise<void>((resolve) => {
      systemClock.after(20, () => {
        calls++
        resolve()
      })
    })
    // Timers of Node are whole milliseconds and may round down.
    expect(performance.now() - started).toBeGreaterThanOrEqual(19)
    await new Promise((resolve) => systemClock.after(30, () => resolve(null)))
    expect(calls).toBe(1)
  })

  test('calls a delay that is zero or past as soon as possible, never in the same turn', async () => {
    for (const delayMs of [0, -5, Number.NEGATIVE_INFINITY]) {
      let called = false
      const fired = new Promise<void>((resolve) => {
        systemClock.after(delayMs, () => {
          called = true
          resolve()
        })
      })
      expect(called).toBe(false)
      await fired
    }
  })

  test('does not call what was cancelled, and cancelling again does nothing', async () => {
    let called = false
    const cancel = systemClock.after(1, () => {
      called = true
    })
    cancel()
    cancel()
    await new Promise((resolve) => systemClock.after(10, () => resolve(null)))
    expect(called).toBe(false)
  })

  test('keeps delays longer than setTimeout can, and cancels them at any time', () => {
    vi.useFakeTimers()
    const DAYS_30_MS = 30 * 86_400_000
    let calls = 0
    systemClock.after(DAYS_30_MS, () => calls++)
    vi.advanceTimersByTime(DAYS_30_MS - 1)
    expect(calls).toBe(0)
    vi.advanceTimersByTime(1)
    expect(calls).toBe(1)

    const cancel = systemClock.after(DAYS_30_MS, () => calls++)
    vi.advanceTimersByTime(DAYS_30_MS - 1_000)
    cancel()
    vi.advanceTimersByTime(DAYS_30_MS)
    expect(calls).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('keeps the process alive only when it is asked to', async () => {
    const script = `
      import { systemClock } from ${JSON.stringify(new URL('./clock.ts', import.meta.url).href)}
      systemClock.after(3_600_000, () => process.stdout.write('wrong'))
      systemClock.after(1, () => process.stdout.write('right'), { keepAlive: true })
    `
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(stdout).toBe('right')
  })
})

describe('sleep', () => {
  test('ends at its time', async () => {
    const clock = createStandingClock()
    let awake = false
    const slept = sleep(clock, 1_000).then(() => {
      awake = true
    })
    clock.move(999)
    await Promise.resolve()
    expect(awake).toBe(false)
    clock.move(1)
    await slept
  })

  test('ends at once, without an error and without a timer, when the signal aborts', async () => {
    const clock = createStandingClock()
    const controller = new AbortController()
    const slept = sleep(clock, 1_000, controller.signal)
    controller.abort(new Error('reason'))
    await slept
    expect(clock.timerCount).toBe(0)
    await sleep(clock, 1_000, controller.signal)
    expect(clock.timerCount).toBe(0)
  })
})
