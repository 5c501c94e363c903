import { describe, expect, test } from 'vitest'
import { TaskError } from '../tasks/task.ts'
import { judgeRunError, type RunFacts } from './judge-run.ts'

const away = (retryAfterMs?: number) =>
  new TaskError('model.unavailable', 'The provider is away.', {
    retryable: true,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })

const limited = (retryAfterMs?: number) =>
  new TaskError('model.unavailable', 'The provider limits requests.', {
    retryable: true,
    limited: true,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })

const facts = (attempts: number, change: Partial<RunFacts> = {}): RunFacts => ({
  attempts,
  ageMs: 0,
  waitMaxMs: 86_400_000,
  ...change,
})

/** The delay after a run that failed; null when the job has failed. */
function delayMs(error: unknown, attempts: number, chance = 1): number | null {
  const end = judgeRunError(error, facts(attempts), () => chance)
  return end.kind === 'again' ? end.delayMs : null
}

test('an error that was made for the owner ends the job with its code and text', () => {
  expect(judgeRunError(new TaskError('model.rejected', 'Too long for the model.'), facts(1), () => 0)).toEqual({
    kind: 'failed',
    error: { code: 'model.rejected', message: 'Too long for the model.' },
  })
})

test.each([new Error('password=hidden'), 'hidden', undefined, null, { message: 'hidden' }])(
  'anything else is never shown (case %#)',
  (thrown) => {
    const end = judgeRunError(thrown, facts(1), () => 0)
    expect(end).toMatchObject({ kind: 'failed', error: { code: 'job.task_failed' } })
    expect(JSON.stringify(end)).not.toContain('hidden')
  },
)

describe('an error that may pass', () => {
  test('runs the job again, up to five times in all', () => {
    expect(judgeRunError(away(), facts(1), () => 1)).toEqual({
      kind: 'again',
      delayMs: 2_000,
      spendAttempt: true,
      reason: 'model.unavailable',
    })
    expect([1, 2, 3, 4].map((runs) => delayMs(away(), runs))).toEqual([2_000, 4_000, 8_000, 16_000])
    expect(judgeRunError(away(), facts(5), () => 1)).toEqual({
      kind: 'failed',
      error: { code: 'model.unavailable', message: 'The provider is away.' },
    })
  })

  test('waits half of the delay at least, so that not all come back at once', () => {
    expect(delayMs(away(), 1, 0)).toBe(1_000)
    expect(delayMs(away(), 1, 0.5)).toBe(1_500)
  })

  test('waits as long as the provider asks, never shorter than planned and never longer than an hour', () => {
    expect(delayMs(away(30_000), 1)).toBe(30_000)
    expect(delayMs(away(1), 1)).toBe(2_000)
    expect(delayMs(away(0), 3)).toBe(8_000)
    expect(delayMs(away(86_400_000), 1)).toBe(3_600_000)
    expect(delayMs(away(Number.POSITIVE_INFINITY), 1)).toBe(3_600_000)
  })

  test('has a delay in whole milliseconds', () => {
    expect(delayMs(away(1_234.5), 1, 0)).toBe(1_235)
    expect(delayMs(away(), 1, 1 / 3)).toBe(1_333)
  })
})

describe('a provider that limits requests', () => {
  test('spends no attempt, however often it does', () => {
    expect(judgeRunError(limited(30_000), facts(5), () => 1)).toEqual({
      kind: 'again',
      delayMs: 32_000,
      spendAttempt: false,
      reason: 'model.limited',
    })
    expect(judgeRunError(limited(86_400_000), facts(1), () => 1)).toMatchObject({ delayMs: 3_600_000 })
    expect(judgeRunError(limited(), facts(1), () => 0)).toMatchObject({ delayMs: 1_000, spendAttempt: false })
  })

  test('ends a job that would get older than it may', () => {
    const old = facts(1, { ageMs: 86_400_000 - 30_000 })
    expect(judgeRunError(limited(30_000), old, () => 0)).toMatchObject({ kind: 'again' })
    expect(judgeRunError(limited(30_001), old, () => 0)).toEqual({
      kind: 'failed',
      error: { code: 'model.unavailable', message: 'The provider limits requests.' },
    })
  })
})
