import { expect, test } from 'vitest'
import { systemClock } from '../../lib/clock.ts'
import { FAILURES_MAX } from '../address-health.ts'
import { ENABLED, NOON, useWorld } from '../conformance/world.ts'
import { openSqliteStore } from './sqlite.ts'

/* Calls of one turn are one transaction, in which webhooks and health are read once: until one of the calls changes them. */

const world = useWorld(async () => {
  const store = await openSqliteStore({ file: ':memory:', clock: systemClock })
  return { store, close: () => store.close() }
})

test('a webhook that is switched in a batch is off, or on, for the ends that follow in it', async () => {
  const processId = await world.process()
  const { id: accountId } = await world.account(ENABLED)
  const jobs = await Promise.all(Array.from({ length: 3 }, () => world.job(accountId, { leasedBy: processId })))
  const [first, second, third] = jobs as [string, string, string]
  const turn = (enabled: boolean) => world.store.updateWebhook(accountId, 'default', { enabled }, NOON)
  const [onEnd, , offEnd, , againEnd] = await Promise.all([
    world.finish(first, processId),
    turn(false),
    world.finish(second, processId),
    turn(true),
    world.finish(third, processId),
  ])
  expect([onEnd, offEnd, againEnd].map(({ deliveries }) => deliveries.length)).toEqual([1, 0, 1])
})

test('an address that fails in a batch, or recovers, does so for the ends that follow in it', async () => {
  const processId = await world.process()
  const { id: accountId } = await world.account(ENABLED)
  const jobs = await Promise.all(Array.from({ length: 3 }, () => world.job(accountId, { leasedBy: processId })))
  const [first, second, third] = jobs as [string, string, string]
  const sent = await Promise.all(Array.from({ length: FAILURES_MAX + 1 }, () => world.delivery(accountId, processId)))
  const recovering = sent.pop()
  if (!recovering) throw new Error('nothing was sent')
  const finishedAt = NOON + 5
  const healthyEnd = world.finish(first, processId)
  const failures = sent.map((delivery) =>
    world.record(delivery, processId, { cause: 'status', next: { status: 'failed' }, finishedAt }),
  )
  const failingEnd = world.finish(second, processId)
  const success = world.record(recovering, processId, { finishedAt })
  const recoveredEnd = world.finish(third, processId)
  await Promise.all([...failures, success])
  const ends = await Promise.all([healthyEnd, failingEnd, recoveredEnd])
  expect(ends.map(({ deliveries }) => deliveries.length)).toEqual([1, 0, 1])
})
