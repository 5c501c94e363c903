import { expect, test } from 'vitest'
import { readRetrySchedule, showRetrySchedule } from './retry-schedule.ts'

test.each([
  [[], '[]'],
  [['10s', '1m', '10m'], '[10000,60000,600000]'],
  [['1s', '24h'], '[1000,86400000]'],
  [['1d', '1d', '1d', '1d', '1d', '1d', '1d'], JSON.stringify(Array(7).fill(86_400_000))],
  [Array(20).fill('1s'), JSON.stringify(Array(20).fill(1_000))],
])('%j is kept in milliseconds', (texts, retrySchedule) => {
  expect(readRetrySchedule(texts)).toEqual({ retrySchedule })
})

test.each([
  [['soon'], 'retry_schedule.0', 'is not a duration'],
  [['10s', '10'], 'retry_schedule.1', 'is not a duration'],
  [['10s', '-1m'], 'retry_schedule.1', 'is not a duration'],
  [['999ms'], 'retry_schedule.0', 'from 1s to 1d'],
  [['0s'], 'retry_schedule.0', 'from 1s to 1d'],
  [['25h'], 'retry_schedule.0', 'from 1s to 1d'],
  [Array(21).fill('1s'), 'retry_schedule', '20 at most'],
  [[...Array(7).fill('1d'), '1s'], 'retry_schedule', 'longer than 7d in all'],
])('%j is refused and says why', (texts, field, message) => {
  expect(readRetrySchedule(texts)).toEqual({ problems: [{ field, message: expect.stringContaining(message) }] })
})

test('all wrong delays are told at once', () => {
  expect(readRetrySchedule(['x', '1s', 'y'])).toMatchObject({
    problems: [{ field: 'retry_schedule.0' }, { field: 'retry_schedule.2' }],
  })
})

test('is shown in the largest units, and null means the schedule of the server', () => {
  expect(showRetrySchedule('[10000,60000,5400000,86400000]')).toEqual(['10s', '1m', '90m', '1d'])
  expect(showRetrySchedule('[]')).toEqual([])
  expect(showRetrySchedule(null)).toBeNull()
})
