import { expect, test } from 'vitest'
import type { FinishedJob } from '../jobs.ts'
import { heardWork } from './heard-work.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const JOB_WEBHOOK_URL = 'https://job.example/told'

export function describeJobEnds(open: OpenStore): void {
  const world = useWorld(open)
  const deliveriesOf = (accountId: string) => world.store.listDeliveries({ accountId, limit: 100 })

  test('the end of a job and its delivery are there together', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const { id: jobId, deliveries } = await world.endedJob(account.id, processId)
    expect(await world.store.findJob(account.id, jobId)).toMatchObject({
      status: 'success',
      result: '{"found":1}',
      error: null,
      finishedAt: NOON + 5,
    })
    expect(deliveries).toEqual([
      {
        id: expect.any(String),
        accountId: account.id,
        webhookId: account.webhookId,
        jobId,
        trigger: 'job',
        body: '{"id":1}',
        url: ENABLED.url,
        attemptCount: 0,
        failureCount: 0,
        addressId: account.webhookId,
        probe: false,
        resend: false,
        deliveredBefore: false,
        customHeaders: null,
        retrySchedule: null,
        sealedSecret: ENABLED.sealedSecret,
        sealedPreviousSecret: null,
        previousSecretUntil: null,
      },
    ])
    expect(await world.store.findDelivery(account.id, deliveries[0]?.id ?? '')).toEqual({
      id: deliveries[0]?.id,
      accountId: account.id,
      webhookId: account.webhookId,
      listenerId: null,
      jobId,
      trigger: 'job',
      jobType: 'content_detect_phones',
      jobStatus: 'success',
      status: 'sending',
      url: ENABLED.url,
      body: '{"id":1}',
      attemptCount: 0,
      nextAttemptAt: null,
      lastCause: null,
      createdAt: NOON + 5,
      finishedAt: null,
      deliveredAt: null,
      payloadRemovedAt: null,
    })
  })

  test('a failed job is told too, with its error', async () => {
    const account = await world.account(ENABLED)
    const error = { code: 'model.unavailable', message: 'the provider answered 503' } as const
    const failed = { status: 'failed', result: null, error } as const
    const { id, deliveries } = await world.endedJob(account.id, await world.process(), failed)
    expect(await world.store.findJob(account.id, id)).toMatchObject(failed)
    expect(deliveries).toHaveLength(1)
    expect(await deliveriesOf(account.id)).toMatchObject([{ jobStatus: 'failed' }])
  })

  test('an account whose webhook is off gets no delivery', async () => {
    const account = await world.account({ ...ENABLED, enabled: false })
    expect(await world.endedJob(account.id, await world.process())).toMatchObject({ finished: true, deliveries: [] })
    expect(await deliveriesOf(account.id)).toEqual([])
  })

  test('a process that lost its lease writes neither an end nor a delivery', async () => {
    const account = await world.account(ENABLED)
    const [processId, otherId] = await Promise.all([world.process(), world.process()])
    const id = await world.job(account.id, { leasedBy: processId })
    const before = await world.store.findJob(account.id, id)
    expect(await world.finish(id, otherId)).toEqual({ finished: false, deliveries: [] })
    expect(await world.store.findJob(account.id, id)).toEqual(before)
    expect(await deliveriesOf(account.id)).toEqual([])
  })

  test('a job that is finished many times at once ends once and is told once', async () => {
    const account = await world.account(ENABLED)
    const [processId, otherId] = await Promise.all([world.process(), world.process()])
    const id = await world.job(account.id, { leasedBy: processId })
    const holders = [otherId, processId, otherId, processId, processId]
    const ends = await Promise.all(holders.map((holder) => world.finish(id, holder)))
    expect(ends.filter((end) => end.finished)).toHaveLength(1)
    expect(ends.flatMap((end) => end.deliveries)).toHaveLength(1)
    expect(await deliveriesOf(account.id)).toHaveLength(1)
  })

  test('a webhook that includes the result gets the body that has it', async () => {
    const account = await world.account({ ...ENABLED, includeResult: true })
    const { deliveries } = await world.endedJob(account.id, await world.process())
    expect(deliveries).toMatchObject([{ body: '{"id":1,"result":{"found":1}}' }])
    const stored = await world.store.findDelivery(account.id, deliveries[0]?.id ?? '')
    expect(stored?.body).toBe('{"id":1,"result":{"found":1}}')
  })

  test('a job webhook is told instead of the webhooks, signed with the secret of the default one', async () => {
    const account = await world.account(ENABLED)
    const end = await world.endedJob(account.id, await world.process(), { jobWebhookUrl: JOB_WEBHOOK_URL })
    expect(end.deliveries).toMatchObject([
      { webhookId: null, url: JOB_WEBHOOK_URL, sealedSecret: ENABLED.sealedSecret, body: '{"id":1}' },
    ])
    expect(await deliveriesOf(account.id)).toMatchObject([{ webhookId: null, url: JOB_WEBHOOK_URL }])
  })

  test('a job webhook is told also when the account wants both', async () => {
    const account = await world.account(ENABLED)
    await world.store.updateAccount(account.id, { jobWebhookMode: 'also' })
    const end = await world.endedJob(account.id, await world.process(), { jobWebhookUrl: JOB_WEBHOOK_URL })
    const told = end.deliveries.map(({ webhookId, url }) => ({ webhookId, url }))
    expect(told).toHaveLength(2)
    expect(told).toContainEqual({ webhookId: null, url: JOB_WEBHOOK_URL })
    expect(told).toContainEqual({ webhookId: account.webhookId, url: ENABLED.url })
  })

  test.each(['instead', 'also'] as const)(
    'a job webhook (%s) works when the webhooks are off, in the form of the default one',
    async (mode) => {
      const account = await world.account({ ...ENABLED, enabled: false, includeResult: true })
      await world.store.updateAccount(account.id, { jobWebhookMode: mode })
      const end = await world.endedJob(account.id, await world.process(), { jobWebhookUrl: JOB_WEBHOOK_URL })
      expect(end.deliveries).toMatchObject([
        { webhookId: null, sealedSecret: ENABLED.sealedSecret, body: '{"id":1,"result":{"found":1}}' },
      ])
    },
  )

  test('a job without a job webhook is told to the webhooks in either mode', async () => {
    const account = await world.account(ENABLED)
    await world.store.updateAccount(account.id, { jobWebhookMode: 'also' })
    const { deliveries } = await world.endedJob(account.id, await world.process())
    expect(deliveries).toMatchObject([{ webhookId: account.webhookId }])
  })

  test('deliveries beyond the number to lease wait, are due at the end of the job and can be claimed', async () => {
    const account = await world.account(ENABLED)
    await world.store.updateAccount(account.id, { jobWebhookMode: 'also' })
    const processId = await world.process()
    const limits = { jobWebhookUrl: JOB_WEBHOOK_URL, leaseDeliveriesMax: 1 }
    const { deliveries } = await world.endedJob(account.id, processId, limits)
    expect(deliveries).toHaveLength(1)
    expect(await world.store.nextDeliveryDueAt(NOON)).toBe(NOON + 5)
    const rest = await world.store.claimDeliveries({ processId, limit: 10, now: NOON + 5 })
    expect(rest).toHaveLength(1)
    expect(rest[0]?.id).not.toBe(deliveries[0]?.id)
  })

  test('whoever waits for work hears of a delivery that nobody has leased', async () => {
    const account = await world.account(ENABLED)
    const heard = heardWork(world.store, 'deliveries')
    await world.endedJob(account.id, await world.process(), { leaseDeliveriesMax: 0 })
    await heard
  })

  test('of many jobs that end at once each gets its own deliveries', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const ids = await Promise.all(Array.from({ length: 300 }, () => world.job(account.id, { leasedBy: processId })))
    const ends = await Promise.all(ids.map((id) => world.finish(id, processId, { body: JSON.stringify({ id }) })))
    const told = ends.map(({ deliveries }) => deliveries.map(({ jobId, body }) => ({ jobId, body })))
    expect(told).toEqual(ids.map((id) => [{ jobId: id, body: JSON.stringify({ id }) }]))
  })

  test('an end that cannot be written fails alone, and its job goes on', async () => {
    const account = await world.account(ENABLED)
    const processId = await world.process()
    const ids = await Promise.all(Array.from({ length: 20 }, () => world.job(account.id, { leasedBy: processId })))
    const impossible = 'half done' as FinishedJob['status']
    const ends = await Promise.allSettled(
      ids.map((id, index) => world.finish(id, processId, index === 7 ? { status: impossible } : {})),
    )
    expect(ends.map(({ status }) => status)).toEqual(ids.map((_, index) => (index === 7 ? 'rejected' : 'fulfilled')))
    expect(await deliveriesOf(account.id)).toHaveLength(19)
    expect(await world.finish(ids[7] ?? '', processId)).toMatchObject({ finished: true })
  })
}
