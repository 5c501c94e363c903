import { ATTEMPT_CAUSES } from '@ringback/contract'
import { expect, test } from 'vitest'
import { RETENTION_PASSES } from '../store/retention.ts'
import { createMetrics } from './metrics.ts'

const NOON = Date.UTC(2026, 0, 31, 12)
const CLOCK = { now: () => NOON }

test('what alerts ask for is there from zero, so that the first failure after a start is a rise', async () => {
  const text = await createMetrics(CLOCK).registry.metrics()
  expect(text).toMatch(/^ringback_attempts_total\{cause="none",next="delivered"\} 0$/m)
  for (const cause of ATTEMPT_CAUSES) {
    for (const next of ['waiting', 'failed']) {
      expect(text).toMatch(new RegExp(`^ringback_attempts_total\\{cause="${cause}",next="${next}"\\} 0$`, 'm'))
    }
  }
  for (const pass of RETENTION_PASSES) {
    expect(text).toMatch(new RegExp(`^ringback_retention_removed_total\\{pass="${pass}"\\} 0$`, 'm'))
  }
})

test('how late the first is is asked whenever somebody looks, and is no number while the database is away', async () => {
  const { registry, showLate } = createMetrics(CLOCK)
  let dueAt: () => Promise<number | null> = async () => NOON - 1_500
  for (const what of ['jobs', 'deliveries'] as const) showLate(what, () => dueAt())
  const shown = async () =>
    [...(await registry.metrics()).matchAll(/^ringback_(\w+)_late_seconds (.*)$/gm)].map(([, what, value]) => [
      what,
      value,
    ])
  expect(await shown()).toEqual([
    ['jobs', '1.5'],
    ['deliveries', '1.5'],
  ])
  for (const notLate of [NOON + 5_000, null]) {
    dueAt = async () => notLate
    expect(await shown()).toEqual([
      ['jobs', '0'],
      ['deliveries', '0'],
    ])
  }
  dueAt = () => Promise.reject(new Error('away'))
  expect(await shown()).toEqual([
    ['jobs', 'Nan'],
    ['deliveries', 'Nan'],
  ])
  expect(await registry.metrics()).toContain('process_cpu_seconds_total')
})
