import type { ModelCall } from '@ringback/contract'
import { expect, test } from 'vitest'
import { timeOfBin } from '../time-bins.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const HOUR_MS = 3_600_000

const call = (change: Partial<ModelCall> = {}): ModelCall => ({
  provider: 'openai',
  model: 'gpt-5-mini',
  answeredModel: 'gpt-5-mini-2026',
  inputTokens: 100,
  outputTokens: 20,
  cachedTokens: 0,
  reasoningTokens: 0,
  durationMs: 5,
  finishReason: 'stop',
  failure: null,
  costMicroUsd: 40,
  ...change,
})

export function describeOverview(open: OpenStore): void {
  const world = useWorld(open)

  const deliveriesOf = (accountId: string, change = {}) =>
    world.store.sumDeliveries({ accountId, since: NOON, stepMs: HOUR_MS, beforeId: null, limit: 100, ...change })
  const jobsOf = (accountId: string, change = {}) =>
    world.store.sumJobs({ accountId, since: NOON, beforeId: null, limit: 100, ...change })

  /** One delivery an hour, each with one attempt: 100 ms to arrive, then one that failed, then one that waits. */
  async function filled() {
    const [account, processId] = await Promise.all([world.account(ENABLED), world.process()])
    const ids: string[] = []
    for (const hour of [0, 1, 2]) {
      const finishedAt = NOON + hour * HOUR_MS
      const { deliveries } = await world.endedJob(account.id, processId, { finishedAt, leaseDeliveriesMax: 1 })
      const [delivery] = deliveries
      if (!delivery) throw new Error('nothing was leased')
      ids.push(delivery.id)
      const timing = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: 1, totalMs: 30 }
      const arrived = hour === 0
      if (hour === 2) continue
      await world.record(delivery, processId, {
        finishedAt: finishedAt + 100,
        timing,
        cause: arrived ? null : 'status',
        next: { status: arrived ? 'delivered' : 'failed' },
      })
    }
    return { account, ids }
  }

  test('deliveries are added up by step, status and the time from the end of their job, attempts by how they ended', async () => {
    const { account, ids } = await filled()
    await filled()
    const sums = await deliveriesOf(account.id)
    expect(sums.deliveries.toSorted((one, other) => one.step - other.step)).toEqual([
      { step: 0, status: 'delivered', bin: expect.any(Number), count: 1 },
      { step: 1, status: 'failed', bin: null, count: 1 },
      { step: 2, status: 'sending', bin: null, count: 1 },
    ])
    const bin = sums.deliveries.find(({ status }) => status === 'delivered')?.bin ?? 0
    expect(timeOfBin(bin) / 100).toBeCloseTo(1, 1)
    expect(sums.attempts.toSorted((one, other) => Number(one.failed) - Number(other.failed))).toEqual([
      { failed: false, bin: expect.any(Number), count: 1 },
      { failed: true, bin: expect.any(Number), count: 1 },
    ])
    expect(timeOfBin(sums.attempts[0]?.bin ?? 0) / 30).toBeCloseTo(1, 1)
    expect(sums).toMatchObject({ rows: 3, olderRows: 0, oldestId: ids[0], oldestAt: NOON })
    expect(sums.newestAt).toBe(NOON + 2 * HOUR_MS)
  })

  test('a page of deliveries ends at its limit, and the next one begins behind it', async () => {
    const { account, ids } = await filled()
    const first = await deliveriesOf(account.id, { limit: 2 })
    expect(first).toMatchObject({ rows: 2, olderRows: 0, oldestId: ids[1], oldestAt: NOON + HOUR_MS })
    const rest = await deliveriesOf(account.id, { limit: 2, beforeId: first.oldestId })
    expect(rest).toMatchObject({ rows: 1, olderRows: 0, deliveries: [{ step: 0, status: 'delivered', count: 1 }] })
    expect(rest.attempts).toHaveLength(1)
  })

  test('what was created before is not counted, and the page says that there is some', async () => {
    const { account } = await filled()
    const sums = await deliveriesOf(account.id, { since: NOON + 2 * HOUR_MS })
    expect(sums).toMatchObject({ rows: 3, olderRows: 2, oldestAt: NOON + 2 * HOUR_MS, attempts: [] })
    expect(sums.deliveries).toMatchObject([{ step: 0, count: 1 }])
    const none = await deliveriesOf(account.id, { since: NOON + 5 * HOUR_MS })
    expect(none).toMatchObject({ rows: 3, olderRows: 3, oldestId: null, oldestAt: null, deliveries: [] })
    expect(none.newestAt).toBe(NOON + 2 * HOUR_MS)
    const empty = await deliveriesOf((await world.account()).id)
    expect(empty).toMatchObject({ rows: 0, oldestId: null, newestAt: null, deliveries: [], attempts: [] })
  })

  test('jobs are added up by type and status, and their runs by model', async () => {
    const [account, processId] = await Promise.all([world.account(), world.process()])
    const run = { startedAt: NOON, endedAt: NOON + 5, outcome: 'success' }
    const end = (type: string, modelCalls: ModelCall[]) =>
      world.endedJob(account.id, processId, { type, record: { ...run, modelCalls } })
    await end('content_translate', [call(), call()])
    await end('content_translate', [call({ model: 'gpt-5', costMicroUsd: null })])
    await end('content_summarize', [call()])
    await world.endedJob(account.id, processId, { type: 'content_detect_phones' })
    await world.job(account.id, { type: 'content_translate' })
    await world.endedJob((await world.account()).id, processId, { record: { ...run, modelCalls: [call()] } })
    const sums = await jobsOf(account.id)
    const key = ({ type, status }: { type: string; status: string }) => `${type} ${status}`
    expect(sums.jobs.toSorted((one, other) => key(one).localeCompare(key(other)))).toEqual([
      { type: 'content_detect_phones', status: 'success', count: 1 },
      { type: 'content_summarize', status: 'success', count: 1 },
      { type: 'content_translate', status: 'new', count: 1 },
      { type: 'content_translate', status: 'success', count: 2 },
    ])
    expect(sums.models.toSorted((one, other) => one.model.localeCompare(other.model))).toEqual([
      {
        provider: 'openai',
        model: 'gpt-5',
        runs: 1,
        inputTokens: 100,
        outputTokens: 20,
        costMicroUsd: 0,
        unpricedRuns: 1,
      },
      {
        provider: 'openai',
        model: 'gpt-5-mini',
        runs: 2,
        inputTokens: 300,
        outputTokens: 60,
        costMicroUsd: 120,
        unpricedRuns: 0,
      },
    ])
    expect(sums).toMatchObject({ rows: 5, olderRows: 0, oldestAt: NOON, newestAt: NOON })
    expect(await jobsOf(account.id, { since: NOON + 1 })).toMatchObject({ rows: 5, olderRows: 5, jobs: [], models: [] })
  })
}
