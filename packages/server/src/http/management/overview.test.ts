import { type Overview, overviewSchema } from '@ringback/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import type { DeliverySums, JobSums, OverviewPage } from '../../store/overview.ts'
import { openTestHttp, type TestHttp } from '../test-http.ts'

const HOUR_MS = 3_600_000

const http = useTestHttp('test')
beforeEach(async () => {
  const body = { enabled: true, url: 'https://receiver.example/', secret: 'correct horse' }
  await http.call('PATCH', '/api/v1/webhooks/default', { body })
})

async function overview(query = ''): Promise<Overview> {
  const { json, status, text } = await http.call('GET', `/api/v1/overview${query}`)
  expect(status, text).toBe(200)
  return overviewSchema.parse(json)
}

/** A job that ends now and is told `latencyMs` later. */
async function told(latencyMs: number, change: Parameters<TestHttp['attemptDelivery']>[0] = {}) {
  const { json } = await http.call('POST', '/api/v1/content/detect_urls', { body: { content: 'x' } })
  await http.finishJob(json.job_id, { status: 'success', result: '{}' })
  http.clock.move(latencyMs)
  await http.attemptDelivery(change)
}

test('an account that has done nothing has nothing in every step, and says so', async () => {
  const { deliveries, jobs, since, until, step_ms } = await overview()
  expect(deliveries).toMatchObject({
    counted_from: since,
    latest_at: null,
    totals: { waiting: 0, sending: 0, delivered: 0, failed: 0, discarded: 0 },
    latency: { p50_ms: null, p95_ms: null, p99_ms: null },
    attempts: { count: 0, failed: 0, p50_ms: null },
  })
  expect(jobs).toMatchObject({ latest_at: null, types: [], models: [] })
  expect(deliveries.steps[0]?.at).toBe(since)
  expect(Date.parse(deliveries.steps.at(-1)?.at ?? '') + step_ms).toBeGreaterThan(Date.parse(until))
  expect(step_ms).toBe(HOUR_MS / 2)
})

test.each([
  ['1h', 61],
  ['24h', 49],
  ['7d', 57],
  ['30d', 61],
])('the steps of %s are whole, without a gap, and reach from its beginning to now', async (range, count) => {
  const { deliveries, since, until, step_ms } = await overview(`?range=${range}`)
  expect(deliveries.steps).toHaveLength(count)
  for (const [index, { at }] of deliveries.steps.entries())
    expect(Date.parse(at)).toBe(Date.parse(since) + index * step_ms)
  expect(Date.parse(since) % step_ms).toBe(0)
  expect(Date.parse(until)).toBe(http.clock.now())
})

test('deliveries are counted by status and step, with the time from the end of the job to the first 2xx answer', async () => {
  for (const latencyMs of [100, 100, 100, 2_000]) await told(latencyMs)
  http.clock.move(2 * HOUR_MS)
  await told(50, { cause: 'status' })
  const { deliveries, jobs } = await overview()
  expect(deliveries.totals).toMatchObject({ delivered: 4, failed: 1 })
  expect(deliveries.attempts).toMatchObject({ count: 5, failed: 1 })
  expect(deliveries.attempts.p50_ms).toBeCloseTo(34.4, -0.5)
  const { p50_ms: p50, p95_ms: p95 } = deliveries.latency
  expect(Math.abs((p50 ?? 0) / 100 - 1)).toBeLessThan(0.04)
  expect(Math.abs((p95 ?? 0) / 2_000 - 1)).toBeLessThan(0.04)
  const filled = deliveries.steps.filter(({ delivered, failed }) => delivered + failed > 0)
  expect(filled).toMatchObject([
    { delivered: 4, failed: 0, p50_ms: p50, p95_ms: p95 },
    { delivered: 0, failed: 1, p50_ms: null, p95_ms: null },
  ])
  expect(jobs.types).toEqual([{ type: 'content_detect_urls', success: 5, failed: 0, open: 0 }])
  expect((await overview('?range=1h')).deliveries.totals).toMatchObject({ delivered: 0, failed: 1 })
  http.clock.move(30 * 24 * HOUR_MS)
  const { deliveries: later } = await overview()
  expect(later.totals.delivered).toBe(0)
  expect(later.latest_at).not.toBeNull()
})

test('another account, no key and a range that is none get nothing', async () => {
  await told(5)
  const other = await http.addAccount('other')
  const { json } = await http.call('GET', '/api/v1/overview', { headers: other.headers })
  expect(json.deliveries).toMatchObject({ latest_at: null, totals: { delivered: 0 } })
  expect((await http.call('GET', '/api/v1/overview', { headers: { authorization: undefined } })).status).toBe(401)
  const wrong = await http.call('GET', '/api/v1/overview?range=2y')
  expect([wrong.status, wrong.json.errors[0].field]).toEqual([422, 'range'])
})

describe('with more than is counted', () => {
  /** A store in which every page is full: one delivery a second, for ever. */
  function endless() {
    const pages: OverviewPage[] = []
    let created = http.clock.now()
    const end = (page: OverviewPage) => {
      pages.push(page)
      const newestAt = created
      created -= page.limit * 1_000
      return { rows: page.limit, olderRows: 0, oldestId: `before ${created}`, oldestAt: created + 1_000, newestAt }
    }
    const sumDeliveries = async (page: OverviewPage & { stepMs: number }): Promise<DeliverySums> => {
      const sums = end(page)
      const step = Math.floor((sums.oldestAt - page.since) / page.stepMs)
      return { ...sums, deliveries: [{ step, status: 'delivered', bin: 80, count: page.limit }], attempts: [] }
    }
    const none: JobSums = {
      rows: 0,
      olderRows: 0,
      oldestId: null,
      oldestAt: null,
      newestAt: null,
      jobs: [],
      models: [],
    }
    return { pages, store: { sumDeliveries, sumJobs: async () => none } }
  }

  test('only the newest are counted, in small pages, and the answer says from when on', async () => {
    const { pages, store } = endless()
    await using limited = await openTestHttp({ store: { ...http.store, ...store } })
    const { json } = await limited.call('GET', '/api/v1/overview?range=30d', {
      headers: { authorization: `Bearer ${limited.key}` },
    })
    const { deliveries, since } = overviewSchema.parse(json)
    expect(deliveries.totals.delivered).toBe(deliveries.counted_max)
    expect(Date.parse(deliveries.counted_from)).toBe(http.clock.now() - (deliveries.counted_max - 1) * 1_000)
    expect(Date.parse(deliveries.counted_from)).toBeGreaterThan(Date.parse(since))
    expect(Date.parse(deliveries.steps[0]?.at ?? '')).toBeLessThanOrEqual(Date.parse(deliveries.counted_from))
    expect(deliveries.steps.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(deliveries.counted_max)
    for (const { limit } of pages) expect(limit).toBeLessThanOrEqual(2_000)
    expect(pages.map(({ beforeId }) => beforeId).slice(0, 2)).toEqual([null, expect.stringContaining('before')])
  })
})

test('asked for again while it is counted, and for a while after, it is not counted again', async () => {
  let asked = 0
  const sumDeliveries: typeof http.store.sumDeliveries = (page) => {
    asked++
    slow.clock.move(10)
    return http.store.sumDeliveries(page)
  }
  await using slow = await openTestHttp({ store: { ...http.store, sumDeliveries } })
  const ask = () => slow.call('GET', '/api/v1/overview')
  await Promise.all([ask(), ask(), ask()])
  expect(asked).toBe(1)
  slow.clock.move(199)
  await ask()
  expect(asked).toBe(1)
  slow.clock.move(2)
  await ask()
  expect(asked).toBe(2)
})

test('a count that failed is not remembered', async () => {
  let isAway = true
  const sumJobs: typeof http.store.sumJobs = (page) =>
    isAway ? Promise.reject(new Error('away')) : http.store.sumJobs(page)
  await using broken = await openTestHttp({ store: { ...http.store, sumJobs } })
  expect((await broken.call('GET', '/api/v1/overview')).status).toBe(500)
  isAway = false
  expect((await broken.call('GET', '/api/v1/overview')).status).toBe(200)
})
