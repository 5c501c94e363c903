import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { NewJobRun } from '../job-runs.ts'
import type { JobFilter } from '../jobs.ts'
import { NOON, type OpenStore, useWorld } from './world.ts'

const MODEL = { provider: 'openai', model: 'gpt-5-mini' }
/** Names of models may have slashes. */
const OTHER_MODEL = { provider: 'compatible', model: 'meta/llama-4' }

/** A run that asked a model once. */
function runOf(asked: typeof MODEL): NewJobRun {
  const counts = { inputTokens: 10, outputTokens: 5, cachedTokens: null, reasoningTokens: null, costMicroUsd: null }
  const call = { ...asked, answeredModel: null, ...counts, durationMs: 100, finishReason: 'stop', failure: null }
  return { startedAt: NOON, endedAt: NOON + 100, outcome: 'success', modelCalls: [call] }
}

export function describeJobList(open: OpenStore): void {
  const world = useWorld(open)

  const idsOf = async (filter: JobFilter) => (await world.store.listJobs(filter)).map(({ id }) => id)

  /** Eight jobs a second apart: of two types, each new, pending, successful and failed. */
  async function filled() {
    const [account, processId] = await Promise.all([world.account(), world.process()])
    // Ids of one millisecond are in no order; here the order of creation must be theirs.
    const ids = Array.from({ length: 8 }, newId).sort()
    const types = ['content_translate', 'content_summarize']
    const jobs = types.flatMap((type) =>
      (['new', 'pending', 'success', 'failed'] as const).map((end) => ({ type, end })),
    )
    const placed = jobs.map((job, index) => ({ ...job, id: ids[index] ?? '', createdAt: NOON + index * 1_000 }))
    // Those that wait come last: while one does, none is leased with its insert.
    for (const { id, type, end: status, createdAt } of placed.toSorted(
      (one, other) => Number(one.end === 'new') - Number(other.end === 'new'),
    )) {
      await world.job(account.id, { id, type, createdAt, leasedBy: status === 'new' ? null : processId })
      if (status === 'new' || status === 'pending') continue
      const error = status === 'failed' ? ({ code: 'job.timeout', message: 'too long' } as const) : null
      const record = type === 'content_summarize' ? runOf(error ? OTHER_MODEL : MODEL) : null
      const ended = await world.finish(id, processId, { status, error, result: error ? null : '1', record })
      expect(ended.finished).toBe(true)
    }
    const rows = await world.store.listJobs({ accountId: account.id, limit: 100 })
    expect(rows.map(({ status }) => status).toReversed()).toEqual(jobs.map(({ end }) => end))
    return { account, rows }
  }

  test('rows say what the jobs say, without input and result, newest first', async () => {
    const { account, rows } = await filled()
    expect(rows.map(({ createdAt }) => createdAt - NOON)).toEqual([7, 6, 5, 4, 3, 2, 1, 0].map((s) => s * 1_000))
    for (const row of rows) {
      expect(await world.store.findJob(account.id, row.id)).toMatchObject(row)
      expect(Object.keys(row)).toHaveLength(10)
    }
  })

  test('each filter alone and all combinations give the rows that match', async () => {
    const { account, rows } = await filled()
    const filters = { status: 'success', type: 'content_summarize', since: NOON + 2_000, until: NOON + 7_000 } as const
    const names = Object.keys(filters) as (keyof typeof filters)[]
    for (let chosen = 0; chosen < 2 ** names.length; chosen++) {
      const filter: Partial<typeof filters> = Object.fromEntries(
        names.filter((_, index) => chosen & (1 << index)).map((name) => [name, filters[name]]),
      )
      const expected = rows.filter(
        ({ status, type, createdAt }) =>
          status === (filter.status ?? status) &&
          type === (filter.type ?? type) &&
          createdAt >= (filter.since ?? 0) &&
          createdAt < (filter.until ?? Number.POSITIVE_INFINITY),
      )
      const found = await world.store.listJobs({ accountId: account.id, limit: 100, ...filter })
      expect(found, JSON.stringify(filter)).toEqual(expected)
    }
  })

  test('jobs that asked a model at least once, and only those, are found by it, alone and with other filters', async () => {
    const { account, rows } = await filled()
    const found = (change: Partial<JobFilter>) => idsOf({ accountId: account.id, limit: 100, ...change })
    const summaries = rows.filter(({ type, finishedAt }) => type === 'content_summarize' && finishedAt !== null)
    const idOf = (status: string) => summaries.filter((row) => row.status === status).map(({ id }) => id)
    expect(summaries).toHaveLength(2)
    expect(await found({ model: MODEL })).toEqual(idOf('success'))
    expect(await found({ model: OTHER_MODEL, status: 'failed', type: 'content_summarize' })).toEqual(idOf('failed'))
    expect(await found({ model: OTHER_MODEL, status: 'success' })).toEqual([])
    expect(await found({ model: { ...MODEL, provider: 'anthropic' } })).toEqual([])

    const processId = await world.process()
    const claimed = await world.store.claimJobs({ processId, limit: 10, now: NOON + 60_000 })
    const [again = ''] = claimed.map(({ id }) => id).sort()
    const retry = { leasedBy: processId, run: 1, runAt: NOON, spendAttempt: true, record: runOf(OTHER_MODEL) }
    expect(await world.store.rescheduleJob({ id: again, ...retry })).toBe(true)
    expect(await found({ model: OTHER_MODEL })).toEqual([...idOf('failed'), again])
    expect(await found({ model: OTHER_MODEL, beforeId: idOf('failed')[0] ?? '' })).toEqual([again])
  })

  test('another account sees nothing of it', async () => {
    await filled()
    const other = await world.account()
    expect(await idsOf({ accountId: other.id, limit: 100 })).toEqual([])
  })

  test('pages neither skip nor repeat while jobs are added, also with a filter', async () => {
    const { account, rows } = await filled()
    const seen: string[] = []
    const expected = rows.filter(({ type }) => type === 'content_translate').map(({ id }) => id)
    for (let beforeId: string | null | undefined = null; beforeId !== undefined; beforeId = seen.at(-1)) {
      const page: string[] = await idsOf({
        accountId: account.id,
        type: 'content_translate',
        limit: 3,
        ...(beforeId !== null && { beforeId }),
      })
      if (page.length === 0) break
      seen.push(...page)
      await world.job(account.id, { type: 'content_translate', createdAt: NOON + 60_000 })
    }
    expect(seen).toEqual(expected)
  })

  test('oldest first, from any job on', async () => {
    const { account, rows } = await filled()
    const ids = rows.map(({ id }) => id).reverse()
    expect(await idsOf({ accountId: account.id, limit: 100, oldestFirst: true })).toEqual(ids)
    const afterId = ids[2] ?? ''
    expect(await idsOf({ accountId: account.id, limit: 2, oldestFirst: true, afterId })).toEqual(ids.slice(3, 5))
  })

  test('of any jobs, those that have ended are told', async () => {
    const { rows } = await filled()
    const ended = rows.filter(({ finishedAt }) => finishedAt !== null).map(({ id }) => id)
    const found = await world.store.findEndedJobs([...rows.map(({ id }) => id), newId(), ''])
    expect(found.sort()).toEqual(ended.sort())
    expect(await world.store.findEndedJobs([])).toEqual([])
  })
}
