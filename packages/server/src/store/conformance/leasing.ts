import { expect, test } from 'vitest'
import type { LeasedDelivery } from '../deliveries.ts'
import type { NewWebhook } from '../webhooks.ts'
import { failing, failures } from './failures.ts'
import { heardWork } from './heard-work.ts'
import { ENABLED, jobWebhookAddress, NOON, type OpenStore, useWorld } from './world.ts'

const JOB_WEBHOOK_URL = 'https://job.example/told'

export function describeLeasing(open: OpenStore): void {
  const world = useWorld(open)

  async function addWebhook(accountId: string, change: Partial<NewWebhook> = {}): Promise<string> {
    const webhook = { ...world.newWebhook(accountId), ...change }
    expect(await world.store.insertWebhook(webhook, 100)).toBe('inserted')
    return webhook.id
  }

  test('each webhook that is on is told, those that are off and the operational one are not', async () => {
    const account = await world.account(ENABLED)
    await world.store.updateWebhook(account.id, 'operational', ENABLED, NOON)
    await addWebhook(account.id, { enabled: false })
    const other = await addWebhook(account.id)
    const end = await world.endedJob(account.id, await world.process())
    expect(end.deliveries.map(({ webhookId }) => webhookId).sort()).toEqual([account.webhookId, other].sort())
  })

  test('a webhook is told of the job types and the final statuses that it is set for', async () => {
    const account = await world.account()
    const names: Record<string, string> = {
      [await addWebhook(account.id)]: 'all',
      [await addWebhook(account.id, { jobTypes: '["content_translate","content_summarize"]' })]: 'two types',
      [await addWebhook(account.id, { jobTypes: '["content"]' })]: 'part of a word',
      [await addWebhook(account.id, { jobStatuses: '["failed"]' })]: 'failed',
      [await addWebhook(account.id, { jobTypes: '["content_translate"]', jobStatuses: '["success"]' })]: 'both',
    }
    const processId = await world.process()
    const told = async (type: string, status: 'success' | 'failed') => {
      const { deliveries } = await world.endedJob(account.id, processId, { type, status })
      return deliveries.map(({ webhookId }) => names[webhookId ?? '']).sort()
    }
    expect(await told('content_translate', 'success')).toEqual(['all', 'both', 'two types'])
    expect(await told('content_summarize', 'failed')).toEqual(['all', 'failed', 'two types'])
    expect(await told('content_detect_urls', 'success')).toEqual(['all'])
  })

  test('filters do not hold up a job webhook', async () => {
    const account = await world.account({ ...ENABLED, jobTypes: '["content_translate"]' })
    const end = await world.endedJob(account.id, await world.process(), { jobWebhookUrl: JOB_WEBHOOK_URL })
    expect(end.deliveries).toMatchObject([{ webhookId: null, url: JOB_WEBHOOK_URL }])
  })

  test('a leased delivery carries the rules of its webhook; one to a job webhook carries none', async () => {
    const rules = { headers: '[["x-tenant","7"]]', retrySchedule: '[1000]' }
    const account = await world.account({ ...ENABLED, ...rules })
    const processId = await world.process()
    expect(await world.delivery(account.id, processId)).toMatchObject({
      customHeaders: rules.headers,
      retrySchedule: rules.retrySchedule,
    })
    const jobWebhook = { jobWebhookUrl: JOB_WEBHOOK_URL }
    const none = { customHeaders: null, retrySchedule: null, sealedSecret: ENABLED.sealedSecret }
    expect((await world.endedJob(account.id, processId, jobWebhook)).deliveries).toMatchObject([none])
    await world.endedJob(account.id, processId, { ...jobWebhook, leaseDeliveriesMax: 0 })
    expect(await world.claim(processId)).toMatchObject([none])
  })

  test('job webhooks of one origin share an address in their account; it is entered once', async () => {
    const [account, other] = [await world.account(ENABLED), await world.account(ENABLED)]
    const processId = await world.process()
    const end = async (accountId: string, url: string) => {
      const { deliveries } = await world.endedJob(accountId, processId, { jobWebhookUrl: url })
      return deliveries[0]?.addressId
    }
    const urls = ['https://job.example/a', 'https://job.example/b?c', 'https://else.example/a']
    const [a, b, c] = await Promise.all(urls.map((url) => end(account.id, url)))
    expect(a).toBe(b)
    expect(c).not.toBe(a)
    expect(await end(other.id, 'https://job.example/a')).not.toBe(a)
    expect(await world.store.findAddress(a ?? '')).toMatchObject({
      accountId: account.id,
      webhookId: null,
      origin: 'https://job.example',
      state: 'healthy',
    })
  })

  test('many jobs that end at once for new addresses enter each address once', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const urls = Array.from({ length: 400 }, (_, index) => `https://host-${(index * 7) % 40}.example/${index}`)
    const change = (index: number) => ({ leaseDeliveriesMax: index % 2 })
    const ends = await Promise.all(
      urls.map((url, index) => world.endedJob(account.id, processId, { jobWebhookUrl: url, ...change(index) })),
    )
    const leased = ends.flatMap(({ deliveries }) => deliveries)
    expect(leased).toHaveLength(200)
    const claimed = await world.claim(processId, { limit: 1_000 })
    expect(claimed).toHaveLength(200)
    for (const { addressId, url } of [...leased, ...claimed]) {
      expect(addressId).toBe(jobWebhookAddress(account.id, url ?? '').id)
    }
  })

  /** Ends a job; its delivery must wait, be told of, and be there for a claim at `claimAt`. */
  async function expectWaiting(account: { id: string }, claimAt: number, fullAddresses: readonly string[] = []) {
    const processId = await world.process()
    const heard = heardWork(world.store, 'deliveries')
    const finishedAt = NOON + 2_000
    const { id: jobId, deliveries } = await world.endedJob(account.id, processId, { finishedAt, fullAddresses })
    expect(deliveries).toEqual([])
    await heard
    expect(await world.claim(processId, { now: claimAt - 1 })).toEqual([])
    expect(await world.claim(processId, { now: claimAt })).toMatchObject([{ jobId }])
  }

  test('a delivery to an address of which the process has enough under way waits', async () => {
    const account = await world.account(ENABLED)
    await expectWaiting(account, NOON + 2_000, ['another', account.webhookId])
  })

  test('a delivery to a webhook with a rate waits for its turn', async () => {
    const account = await world.account({ ...ENABLED, rateLimitPerSecond: 10 })
    await expectWaiting(account, NOON + 2_000)
  })

  test('a delivery to a paused address waits until the pause has ended, and is leased at once afterwards', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const delivery = await world.delivery(account.id, processId)
    const pause = { askedUntil: NOON + 9_000 }
    await failures(world)(delivery, processId, NOON + 1_000, pause, { next: { status: 'failed' } })
    await expectWaiting(account, NOON + 9_000)
    const end = await world.endedJob(account.id, processId, { finishedAt: NOON + 9_000 })
    expect(end.deliveries).toHaveLength(1)
  })

  test('a delivery to a failing address waits, also when its pause has ended', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    await world.waiting(account.id, 5)
    const pausedUntil = await failing(world, account.id, processId, NOON + 1_000)
    const finishedAt = pausedUntil + 500
    expect(await world.endedJob(account.id, processId, { finishedAt })).toMatchObject({ deliveries: [] })
    expect(await world.claim(processId, { now: finishedAt })).toMatchObject([{ probe: true }])
  })

  test('the places to lease go to those that may be sent', async () => {
    const account = await world.account({ ...ENABLED, rateLimitPerSecond: 10 })
    const other = await addWebhook(account.id)
    const processId = await world.process()
    const end = await world.endedJob(account.id, processId, { leaseDeliveriesMax: 1 })
    expect(end.deliveries).toMatchObject([{ webhookId: other }])
    const [waiting] = (await world.claim(processId)) as [LeasedDelivery]
    expect(waiting.webhookId).toBe(account.webhookId)
  })
}
