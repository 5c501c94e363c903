import type { Delivery, DeliveryDetail } from '@ringback/contract'
import { expect } from 'vitest'
import { messageOf } from '../../src/lib/errors.ts'
import { queryDatabase } from '../harness/query-database.ts'
import { callApi, type EngineDatabase } from '../harness/ringback.ts'
import { until } from '../harness/until.ts'
import type { DispatchedJob, Dispatching } from './dispatching.ts'
import type { ReceivedWebhook, UnreliableReceivers } from './unreliable-receivers.ts'

/** Jobs looked at at once. */
const LANES = 8

/**
 * How long a job may take to be told once the receivers are well. Before that they failed one request in four, which
 * pauses an address now and then: for seconds after a 503, and after five failures in a row for 10 s, doubled by each
 * probe that fails. A run is over in less than a minute, so no pause that it leaves behind is longer than 40 s.
 */
const TOLD_MS_MAX = 60_000

export interface World {
  readonly origin: string
  readonly apiKey: string
  readonly dispatching: Dispatching
  readonly receivers: UnreliableReceivers
}

/**
 * Makes the receivers well, waits until the server at `origin` has done all its work, and proves: each job that was answered 202 has ended as it
 * must; its one delivery was delivered to the right address, with the body that the receiver has; attempts are numbered
 * 1, 2, 3, … without a double; whatever else was received belongs to a job that exists.
 */
export async function checkNothingLost(world: World): Promise<void> {
  const { dispatching, receivers } = world
  receivers.heal()
  expect(dispatching.problems).toEqual([])
  await forEachInLanes(dispatching.answered, ([jobId, job]) => checkJob(world, jobId, job))

  const unansweredUrls = new Set(dispatching.unanswered.map(({ url }) => url))
  const others = [...receivers.webhooks].filter(([jobId]) => !dispatching.answered.has(jobId))
  expect(others.length).toBeLessThanOrEqual(dispatching.unanswered.length)
  await forEachInLanes(others, async ([jobId, { url, body }]) => {
    expect(unansweredUrls, `job ${jobId} was never dispatched to`).toContain(url)
    const { type, status } = JSON.parse(body) as DispatchedJob
    await checkJob(world, jobId, { type, status, url })
  })
  expect(receivers.problems).toEqual([])
}

async function checkJob(world: World, jobId: string, job: DispatchedJob): Promise<void> {
  const ended = await until(`job ${jobId} has ended`, async () => {
    const { data } = await get(world, `job/status/${jobId}`)
    const { status } = data.attributes
    return status === 'success' || status === 'failed' ? data.attributes : null
  })
  expect(ended, `job ${jobId}: ${JSON.stringify(ended.error)}`).toMatchObject({ type: job.type, status: job.status })

  const delivery = await told(world, jobId)
  const webhook = world.receivers.webhooks.get(jobId)
  if (!webhook) throw new Error(`the webhook of job ${jobId} never arrived`)
  checkDelivery(await get(world, `deliveries/${delivery.id}`), webhook, job)
}

/** The one delivery of a job once it is delivered; else says how it and its webhook were at the end. */
async function told(world: World, jobId: string): Promise<Delivery> {
  let last: Delivery | undefined
  const delivered = until(
    `job ${jobId} was told`,
    async () => {
      const { data } = (await get(world, `deliveries?job_id=${jobId}`)) as { data: Delivery[] }
      expect(data, `deliveries of job ${jobId}`).toHaveLength(1)
      last = data[0]
      return last?.status === 'delivered' ? last : null
    },
    TOLD_MS_MAX,
  )
  return await delivered.catch(async (error: unknown) => {
    const webhook = await get(world, 'webhooks/default')
    throw new Error(`${messageOf(error)}: ${JSON.stringify({ delivery: last, webhook })}`, { cause: error })
  })
}

function checkDelivery(delivery: DeliveryDetail, webhook: ReceivedWebhook, { url }: DispatchedJob): void {
  expect(webhook).toMatchObject({ deliveryId: delivery.id, body: delivery.body, url })
  expect(delivery.url).toBe(url)
  expect(webhook.successCount, `delivered, but never answered 2xx: ${delivery.id}`).toBeGreaterThan(0)
  const numbers = delivery.attempts.map(({ number }) => number)
  expect(numbers).toEqual(Array.from({ length: delivery.attempt_count }, (_, index) => index + 1))
  expect(delivery.attempts.at(-1)?.cause).toBeNull()
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
async function get({ origin, apiKey }: World, path: string): Promise<any> {
  const { status, json } = await callApi(origin, apiKey, 'GET', `/api/v1/${path}`)
  expect(status, path).toBe(200)
  return json
}

async function forEachInLanes<Item>(items: Iterable<Item>, work: (item: Item) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]()
  const runLane = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: LANES }, runLane))
}

/** Each counts rows that must not be there once everything is done and the server has ended. */
const MUST_BE_NONE = {
  'jobs that have not ended': `select 1 from jobs where status not in ('success', 'failed')`,
  'jobs without a delivery': 'select 1 from jobs where id not in (select job_id from deliveries)',
  'jobs with two deliveries for one address':
    'select 1 from deliveries group by job_id, address_id having count(*) > 1',
  'deliveries that were not delivered': `select 1 from deliveries where status <> 'delivered'`,
  'deliveries whose attempts are not all on record': `select 1 from deliveries d where attempt_count <>
     (select count(*) from attempts a where a.delivery_id = d.id and a.number between 1 and d.attempt_count)`,
  'jobs that somebody still has': 'select 1 from jobs where leased_by is not null',
  'deliveries that somebody still has': 'select 1 from deliveries where leased_by is not null',
  'processes that have not ended': 'select 1 from processes',
}

/** Proves of every row in the database that all work is done and on record; no server may be running on it. */
export async function checkAllDone(database: Omit<EngineDatabase, 'drop'>): Promise<void> {
  const rows: Record<string, number> = {}
  for (const [what, sql] of Object.entries(MUST_BE_NONE)) rows[what] = (await queryDatabase(database, sql)).length
  expect(rows).toEqual(Object.fromEntries(Object.keys(MUST_BE_NONE).map((what) => [what, 0])))
}

/** Proves the same of every row in the database, also of those that no client knows; no server may be running on it. */
export async function checkNothingLeft(database: EngineDatabase, { dispatching }: World): Promise<void> {
  await checkAllDone(database)
  const { answered, unanswered } = dispatching
  const jobs = await queryDatabase(database, 'select id from jobs')
  const known = jobs.filter(({ id }) => answered.has(String(id))).length
  expect(known).toBe(answered.size)
  expect(jobs.length - known).toBeLessThanOrEqual(unanswered.length)
}
