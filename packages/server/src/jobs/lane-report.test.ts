import type { ModelCall } from '@ringback/contract'
import { expect, test } from 'vitest'
import { TaskError } from '../tasks/task.ts'
import { laneReportOf, type RunOutcome } from './lane-report.ts'

const away = new TaskError('model.unavailable', 'Away.', { retryable: true, retryAfterMs: 5 })
const limited = new TaskError('model.unavailable', 'Slow down.', { retryable: true, limited: true })
const refused = new TaskError('model.rejected', 'No.')

const outcome = (change: Partial<RunOutcome>): RunOutcome => ({
  calls: [{} as ModelCall],
  error: null,
  abortCause: null,
  probe: false,
  ...change,
})

test.each<[what: string, change: Partial<RunOutcome>, report: unknown]>([
  ['a result', {}, { kind: 'answered' }],
  ['a refusal', { error: refused }, { kind: 'answered' }],
  ['a bug after the answer', { error: new Error('bug') }, { kind: 'answered' }],
  ['a limit', { error: limited }, { kind: 'limited', askedMs: null }],
  ['a provider that is away', { error: away }, { kind: 'failed', askedMs: 5, probe: false }],
  ['a failed probe', { error: away, probe: true }, { kind: 'failed', askedMs: 5, probe: true }],
  ['a provider that hangs', { abortCause: 'timeout' }, { kind: 'failed', askedMs: null, probe: false }],
  ['a cancelled run', { abortCause: 'cancelled' }, null],
  ['a stopping process', { abortCause: 'stopping' }, null],
  ['a run that asked no model', { calls: [], error: refused }, null],
])('%s', (_what, change, report) => {
  expect(laneReportOf(outcome(change))).toEqual(report)
})
