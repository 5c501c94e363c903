import { expect, test } from 'vitest'
import type { AttemptRow, LeasedDelivery } from '../deliveries.ts'
import { heardWork } from './heard-work.ts'
import { ENABLED, NOON, type OpenStore, type Recording, useWorld } from './world.ts'

export function describeAttempts(open: OpenStore): void {
  const world = useWorld(open)

  async function leased(webhook = ENABLED) {
    const [account, processId] = await Promise.all([world.account(webhook), world.process()])
    const delivery = await world.delivery(account.id, processId)
    const stored = () => world.store.findDelivery(account.id, delivery.id)
    return { account, processId, delivery, stored }
  }

  test('an attempt is kept with all that was sent and answered', async () => {
    const { processId, delivery } = await leased()
    const attempt: AttemptRow = {
      number: 1,
      startedAt: NOON + 11,
      cause: 'status',
      message: 'the receiver answered 500',
      url: 'https://receiver.example/hook?é=1',
      requestHeaders: [
        ['User-Agent', 'SharpAPIWebhook/1.0'],
        ['X-Signature', 'ab"\\cd'],
      ],
      responseStatus: 500,
      responseHeaders: [
        ['Set-Cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
      responseBody: '<h1>oh 😀</h1>\r\n\t\u2028',
      responseTruncated: true,
      remoteAddress: '[2001:db8::1]:443',
      timing: { dnsMs: 0.125, connectMs: 1.5, tlsMs: 2.75, firstByteMs: 1234.5678, totalMs: 9999.999 },
      resend: true,
    }
    await world.record(delivery, processId, attempt)
    expect(await world.store.listAttempts(delivery.id)).toEqual([attempt])
  })

  // After an answer that was lost the writer says it again, and meanwhile the delivery may be leased to it once more.
  test('an attempt that is told twice is written once, and the attempt after it is not touched', async () => {
    const { account, processId, delivery } = await leased()
    const failed: Partial<Recording> = { cause: 'status', next: { status: 'waiting', nextAttemptAt: NOON } }
    expect(await world.record(delivery, processId, failed)).toMatchObject({ recorded: true })
    expect(await world.record(delivery, processId, failed)).toMatchObject({ recorded: false })
    await world.store.claimDeliveries({ processId, limit: 10, now: NOON + 100 })
    expect(await world.record(delivery, processId, failed)).toMatchObject({ recorded: false })
    expect(await world.store.findDelivery(account.id, delivery.id)).toMatchObject({
      status: 'sending',
      attemptCount: 1,
    })
    expect(await world.store.listAttempts(delivery.id)).toHaveLength(1)
  })

  test('what did not happen is null', async () => {
    const { processId, delivery } = await leased()
    const nothing: Partial<Recording> = {
      cause: 'dns',
      message: 'no such name',
      responseStatus: null,
      responseHeaders: null,
      responseBody: null,
      remoteAddress: null,
      timing: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 3 },
    }
    await world.record(delivery, processId, nothing)
    expect(await world.store.listAttempts(delivery.id)).toMatchObject([nothing])
  })

  test('bytes that no text can hold are marked', async () => {
    const { processId, delivery } = await leased()
    await world.record(delivery, processId, { responseBody: 'a\0b\uD800', message: 'c\0' })
    expect(await world.store.listAttempts(delivery.id)).toMatchObject([
      { responseBody: 'a\uFFFDb\uFFFD', message: 'c\uFFFD' },
    ])
  })

  test.each(['delivered', 'failed'] as const)(
    'a delivery that is %s has ended and cannot be recorded again',
    async (status) => {
      const { processId, delivery, stored } = await leased()
      const cause = status === 'failed' ? 'timeout' : null
      expect(await world.record(delivery, processId, { cause, next: { status }, finishedAt: NOON + 31 })).toMatchObject(
        { recorded: true },
      )
      expect(await stored()).toMatchObject({
        status,
        attemptCount: 1,
        nextAttemptAt: null,
        lastCause: cause,
        finishedAt: NOON + 31,
      })
      expect(await world.record(delivery, processId, { number: 2 })).toMatchObject({ recorded: false })
      expect(await world.store.listAttempts(delivery.id)).toHaveLength(1)
    },
  )

  test('a delivery that waits for its next attempt can be claimed at its time and no earlier', async () => {
    const { processId, delivery, stored } = await leased()
    const heard = heardWork(world.store, 'deliveries')
    const next = { status: 'waiting', nextAttemptAt: NOON + 10_000 } as const
    expect(await world.record(delivery, processId, { cause: 'reset', next })).toMatchObject({ recorded: true })
    await heard
    expect(await stored()).toMatchObject({
      status: 'waiting',
      attemptCount: 1,
      nextAttemptAt: NOON + 10_000,
      lastCause: 'reset',
      finishedAt: null,
    })
    expect(await world.store.nextDeliveryDueAt(NOON)).toBe(NOON + 10_000)
    const claim = (now: number) => world.store.claimDeliveries({ processId, limit: 10, now })
    expect(await claim(NOON + 9_999)).toEqual([])
    expect(await claim(NOON + 10_000)).toMatchObject([{ id: delivery.id, attemptCount: 1, failureCount: 1 }])
  })

  test('only failures of the receiver count for the schedule', async () => {
    const { processId, delivery } = await leased()
    const next = { status: 'waiting', nextAttemptAt: NOON + 20 } as const
    const claim = async () => (await world.claim(processId, { limit: 1, now: NOON + 20 }))[0] as LeasedDelivery
    await world.record(delivery, processId, { cause: 'interrupted', next, spendsSchedule: false, report: null })
    const second = await claim()
    expect(second).toMatchObject({ attemptCount: 1, failureCount: 0 })
    await world.record(second, processId, { cause: 'connect', next })
    expect(await claim()).toMatchObject({ attemptCount: 2, failureCount: 1 })
    expect((await world.store.listAttempts(delivery.id)).map(({ number }) => number)).toEqual([1, 2])
  })

  test('a retry of a webhook that was switched off meanwhile is discarded', async () => {
    const { account, processId, delivery, stored } = await leased()
    await world.store.updateWebhook(account.id, 'default', { enabled: false }, NOON)
    const next = { status: 'waiting', nextAttemptAt: NOON + 99 } as const
    expect(await world.record(delivery, processId, { cause: 'dns', next, finishedAt: NOON + 33 })).toMatchObject({
      recorded: true,
    })
    expect(await stored()).toMatchObject({
      status: 'discarded',
      attemptCount: 1,
      nextAttemptAt: null,
      lastCause: 'dns',
      finishedAt: NOON + 33,
    })
    expect(await world.store.nextDeliveryDueAt(NOON)).toBeNull()
  })

  test('a delivery that arrived is delivered, whether its webhook is still on or not', async () => {
    const { account, processId, delivery, stored } = await leased()
    await world.store.updateWebhook(account.id, 'default', { enabled: false }, NOON)
    await world.record(delivery, processId, {})
    expect(await stored()).toMatchObject({ status: 'delivered' })
  })

  test('tests and job webhooks are retried although the webhook is off', async () => {
    const account = await world.account({ ...ENABLED, enabled: false })
    const processId = await world.process()
    await world.testDelivery(account)
    const deliveries = await world.store.claimDeliveries({ processId, limit: 1, now: NOON })
    const { deliveries: more } = await world.endedJob(account.id, processId, { jobWebhookUrl: 'https://job.example/' })
    for (const delivery of [...deliveries, ...more]) {
      await world.record(delivery, processId, { cause: 'dns', next: { status: 'waiting', nextAttemptAt: NOON } })
    }
    const listed = await world.store.listDeliveries({ accountId: account.id, limit: 10 })
    expect(listed.map(({ status }) => status)).toEqual(['waiting', 'waiting'])
  })

  test('a process that lost its lease writes nothing', async () => {
    const { delivery, stored } = await leased()
    const before = await stored()
    expect(await world.record(delivery, await world.process(), {})).toMatchObject({ recorded: false })
    expect(await stored()).toEqual(before)
    expect(await world.store.listAttempts(delivery.id)).toEqual([])
  })

  test('of many attempts that are recorded at once each is kept with its own delivery', async () => {
    const [account, processId] = await Promise.all([world.account(ENABLED), world.process()])
    const deliveries = await Promise.all(Array.from({ length: 300 }, () => world.delivery(account.id, processId)))
    const recorded = await Promise.all(
      deliveries.map((delivery) => world.record(delivery, processId, { responseBody: delivery.id })),
    )
    expect(recorded.every((written) => written.recorded)).toBe(true)
    for (const { id } of deliveries.slice(0, 20)) {
      expect(await world.store.listAttempts(id)).toMatchObject([{ responseBody: id }])
    }
  })

  test('an attempt that cannot be written fails alone, and its delivery is still leased', async () => {
    const [account, processId] = await Promise.all([world.account(ENABLED), world.process()])
    const deliveries = await Promise.all(Array.from({ length: 20 }, () => world.delivery(account.id, processId)))
    const outcomes = await Promise.allSettled(
      deliveries.map((delivery, index) => {
        const impossible = { url: null as unknown as string }
        return world.record(delivery, processId, index === 7 ? impossible : {})
      }),
    )
    const expected = deliveries.map((_, index) => (index === 7 ? 'rejected' : 'fulfilled'))
    expect(outcomes.map(({ status }) => status)).toEqual(expected)
    const seventh = deliveries[7] as LeasedDelivery
    expect(await world.store.findDelivery(account.id, seventh.id)).toMatchObject({ status: 'sending', attemptCount: 0 })
    expect(await world.record(seventh, processId, {})).toMatchObject({ recorded: true })
  })
}
