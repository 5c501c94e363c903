import { ATTEMPT_CAUSES } from '@ringback/contract'
import { expect, test } from 'vitest'
import { RETENTION_PASSES } from '../store/retention.ts'
import { createMetrics } from './metrics.ts'

test('what alerts ask for is there from zero, so that the first failure after a start is a rise', async () => {
  const text = await createMetrics().registry.metrics()
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

test('how late deliveries are is asked whenever somebody looks, and is no number while the database is away', async () => {
  const { registry, showLate } = createMetrics()
  let answer: () => Promise<number> = async () => 1_500
  showLate(() => answer())
  expect(await registry.metrics()).toMatch(/^ringback_deliveries_late_seconds 1\.5$/m)
  answer = () => Promise.reject(new Error('away'))
  const text = await registry.metrics()
  expect(text).toMatch(/^ringback_deliveries_late_seconds Nan$/im)
  expect(text).toContain('process_cpu_seconds_total')
})
