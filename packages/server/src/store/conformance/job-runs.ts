import type { ModelCall } from '@ringback/contract'
import { expect, test } from 'vitest'
import type { NewJobRun } from '../job-runs.ts'
import { NOON, type OpenStore, useWorld } from './world.ts'

const CALL: ModelCall = {
  provider: 'openai',
  model: 'gpt-5-mini',
  answeredModel: 'gpt-5-mini-2025-08-07',
  inputTokens: 1_000,
  outputTokens: 200,
  cachedTokens: 300,
  reasoningTokens: 50,
  durationMs: 812,
  finishReason: 'stop',
  failure: null,
  costMicroUsd: 583,
}

const UNKNOWN: ModelCall = {
  ...CALL,
  answeredModel: null,
  inputTokens: null,
  outputTokens: null,
  cachedTokens: null,
  reasoningTokens: null,
  finishReason: null,
  failure: 'aborted',
  costMicroUsd: null,
}

const RUN: NewJobRun = { startedAt: NOON, endedAt: NOON + 900, outcome: 'success', modelCalls: [CALL] }

const NOTHING = {
  words: 0,
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  costMicroUsd: 0,
  unpricedRuns: 0,
}

const MONTH = '2025-11'

export function describeJobRuns(open: OpenStore): void {
  const world = useWorld(open)

  async function leasedJob() {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    return { accountId, processId, jobId: await world.job(accountId, { leasedBy: processId }) }
  }

  test('every run is on record with its calls, those that failed and those that were rescheduled too', async () => {
    const { accountId, processId, jobId } = await leasedJob()
    const failed = { ...RUN, outcome: 'model.unavailable', modelCalls: [{ ...CALL, failure: 'no_fit' }, UNKNOWN] }
    const again = { id: jobId, leasedBy: processId, run: 1, runAt: NOON + 900, spendAttempt: true, record: failed }
    await world.store.rescheduleJob(again)
    await world.store.claimJobs({ processId, limit: 1, now: NOON + 900 })
    await world.finish(jobId, processId, { record: RUN, words: 12 })
    expect(await world.store.listJobRuns(accountId, jobId)).toEqual([
      {
        number: 1,
        startedAt: NOON,
        endedAt: NOON + 900,
        outcome: 'model.unavailable',
        provider: 'openai',
        model: 'gpt-5-mini',
        calls: 2,
        inputTokens: 1_000,
        outputTokens: 200,
        cachedTokens: 300,
        reasoningTokens: 50,
        costMicroUsd: null,
        modelCalls: failed.modelCalls,
      },
      expect.objectContaining({ number: 2, outcome: 'success', costMicroUsd: 583, modelCalls: [CALL] }),
    ])
    expect(await world.store.sumMonthUsage(accountId, MONTH)).toEqual({
      words: 12,
      calls: 3,
      inputTokens: 2_000,
      outputTokens: 400,
      cachedTokens: 600,
      reasoningTokens: 100,
      costMicroUsd: 583,
      unpricedRuns: 1,
    })
  })

  test('a run without calls has nothing to count', async () => {
    const { accountId, processId, jobId } = await leasedJob()
    await world.finish(jobId, processId, { record: { ...RUN, outcome: 'job.task_failed', modelCalls: [] } })
    expect(await world.store.listJobRuns(accountId, jobId)).toMatchObject([
      { outcome: 'job.task_failed', provider: null, model: null, calls: 0, costMicroUsd: 0 },
    ])
    expect(await world.store.sumMonthUsage(accountId, MONTH)).toEqual(NOTHING)
  })

  test('a job without a record leaves no run, and its words are counted', async () => {
    const { accountId, processId, jobId } = await leasedJob()
    await world.finish(jobId, processId, { words: 7 })
    expect(await world.store.listJobRuns(accountId, jobId)).toEqual([])
    expect(await world.store.sumMonthUsage(accountId, MONTH)).toEqual({ ...NOTHING, words: 7 })
  })

  test('who has lost the lease records nothing and counts nothing', async () => {
    const { accountId, jobId } = await leasedJob()
    const strangerId = await world.process()
    await world.finish(jobId, strangerId, { record: RUN, words: 12 })
    const again = { id: jobId, leasedBy: strangerId, run: 1, runAt: NOON, spendAttempt: true, record: RUN }
    expect(await world.store.rescheduleJob(again)).toBe(false)
    expect(await world.store.listJobRuns(accountId, jobId)).toEqual([])
    expect(await world.store.sumMonthUsage(accountId, MONTH)).toEqual(NOTHING)
  })

  test('a month begins at midnight of UTC, and each account has its own', async () => {
    const { accountId, processId, jobId } = await leasedJob()
    const lastMs = Date.UTC(2025, 11, 1) - 1
    await world.finish(jobId, processId, { record: { ...RUN, endedAt: lastMs }, words: 1, finishedAt: lastMs })
    const next = await world.job(accountId, { leasedBy: processId })
    await world.finish(next, processId, { words: 2, finishedAt: lastMs + 1 })
    expect(await world.store.sumMonthUsage(accountId, '2025-11')).toMatchObject({ words: 1, calls: 1 })
    expect(await world.store.sumMonthUsage(accountId, '2025-12')).toMatchObject({ words: 2, calls: 0 })
    expect(await world.store.sumMonthUsage((await world.account()).id, '2025-11')).toEqual(NOTHING)
  })

  test('a job’s runs are its account’s to see', async () => {
    const { processId, jobId } = await leasedJob()
    await world.finish(jobId, processId, { record: RUN })
    expect(await world.store.listJobRuns((await world.account()).id, jobId)).toEqual([])
  })

  test('many ends at once are all counted', async () => {
    const { id: accountId } = await world.account()
    const processId = await world.process()
    const ids = await Promise.all(
      Array.from({ length: 300 }, () => world.job(accountId, { leasedBy: processId, createdAt: NOON })),
    )
    await Promise.all(ids.map((id) => world.finish(id, processId, { record: RUN, words: 3, finishedAt: NOON })))
    expect(await world.store.sumMonthUsage(accountId, MONTH)).toMatchObject({
      words: 900,
      calls: 300,
      costMicroUsd: 300 * 583,
    })
  })
}
