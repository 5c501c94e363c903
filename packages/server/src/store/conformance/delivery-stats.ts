import { expect, test } from 'vitest'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const LATER = NOON + 24 * 3_600_000

export function describeDeliveryStats(open: OpenStore): void {
  const world = useWorld(open)

  /** An account with one delivery that arrived at the second attempt, one that failed, and one to a job webhook. */
  async function filled() {
    const [account, processId] = await Promise.all([world.account(ENABLED), world.process()])
    const arrived = await world.delivery(account.id, processId)
    await world.record(arrived, processId, { cause: 'timeout', next: { status: 'waiting', nextAttemptAt: NOON } })
    const [again] = await world.claim(processId, { now: NOON + 3_600_000 })
    if (again) await world.record(again, processId, {})
    const failed = await world.delivery(account.id, processId)
    await world.record(failed, processId, { cause: 'status', next: { status: 'failed' } })
    const { deliveries } = await world.endedJob(account.id, processId, { jobWebhookUrl: 'https://job.example/' })
    if (deliveries[0]) await world.record(deliveries[0], processId, { cause: 'dns', next: { status: 'failed' } })
    return account
  }

  test('the recent attempts are those of the newest deliveries of the account, with the webhook of each', async () => {
    const account = await filled()
    await filled()
    const filter = { accountId: account.id, since: 0, limit: 10 }
    const attempts = await world.store.listRecentAttempts(filter)
    expect(attempts.map(({ webhookId, cause }) => [webhookId, cause]).toSorted()).toEqual(
      [
        [account.webhookId, 'timeout'],
        [account.webhookId, null],
        [account.webhookId, 'status'],
        [null, 'dns'],
      ].toSorted(),
    )
    expect(attempts.map(({ number }) => number).toSorted()).toEqual([1, 1, 1, 2])
    for (const attempt of attempts) {
      const { createdAt, startedAt, totalMs, firstByteMs } = attempt
      for (const time of [createdAt, startedAt, totalMs, firstByteMs])
        expect(time, JSON.stringify(attempt)).toBeTypeOf('number')
      expect(createdAt).toBeLessThanOrEqual(startedAt)
    }
    expect(await world.store.listRecentAttempts({ ...filter, limit: 1 })).toHaveLength(1)
    expect(await world.store.listRecentAttempts({ ...filter, since: LATER })).toEqual([])
  })

  test('what failed is counted by webhook, status and cause, in a range of time and up to a limit', async () => {
    const account = await filled()
    const filter = { accountId: account.id, since: 0, until: LATER, limit: 10 }
    const groups = await world.store.countFailed(filter)
    const group = { status: 'failed', count: 1, oldestAt: expect.any(Number), newestAt: expect.any(Number) }
    expect(groups).toHaveLength(2)
    expect(groups).toContainEqual({ ...group, webhookId: account.webhookId, cause: 'status' })
    expect(groups).toContainEqual({ ...group, webhookId: null, cause: 'dns' })
    expect(await world.store.countFailed({ ...filter, limit: 1 })).toHaveLength(1)
    expect(await world.store.countFailed({ ...filter, since: LATER, until: LATER + 1 })).toEqual([])
    expect(await world.store.countFailed({ ...filter, accountId: (await world.account()).id })).toEqual([])
  })
}
