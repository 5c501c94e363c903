import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { JobFilter, NewJob } from '../jobs.ts'
import { NOON, type OpenStore, useWorld } from './world.ts'

export function describeJobList(open: OpenStore): void {
  const world = useWorld(open)

  const idsOf = async (filter: JobFilter) => (await world.store.listJobs(filter)).map(({ id }) => id)

  /** Eight jobs a second apart: of two types, each new, pending, successful and failed. */
  async function filled() {
    const [account, processId] = await Promise.all([world.account(), world.process()])
    // Ids of one millisecond are in no order; here the order of creation must be theirs.
    const ids = Array.from({ length: 8 }, newId).sort()
    const add = (change: Partial<NewJob>) => world.job(account.id, { id: ids.shift() ?? '', ...change })
    let createdAt = NOON
    for (const type of ['content_translate', 'content_summarize']) {
      await add({ type, createdAt })
      await add({ type, createdAt: createdAt + 1_000, leasedBy: processId })
      for (const [index, status] of (['success', 'failed'] as const).entries()) {
        const job = { type, createdAt: createdAt + 2_000 + index * 1_000, leasedBy: processId }
        const error = status === 'failed' ? ({ code: 'job.timeout', message: 'too long' } as const) : null
        await world.finish(await add(job), processId, { status, error, result: error ? null : '1' })
      }
      createdAt += 4_000
    }
    const rows = await world.store.listJobs({ accountId: account.id, limit: 100 })
    expect(rows).toHaveLength(8)
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

  test('of any jobs, those that have ended are told', async () => {
    const { rows } = await filled()
    const ended = rows.filter(({ finishedAt }) => finishedAt !== null).map(({ id }) => id)
    const found = await world.store.findEndedJobs([...rows.map(({ id }) => id), newId(), ''])
    expect(found.sort()).toEqual(ended.sort())
    expect(await world.store.findEndedJobs([])).toEqual([])
  })
}
