import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ENABLED, NOON, type OpenStore, useWorld } from '../conformance/world.ts'
import type { Store } from '../store.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { createOperations } from './operations.ts'
import type { OperationName, Operations } from './synchronous.ts'
import { FlatReader, readCall, writeCall } from './wire.ts'

/* What happens for every job and delivery costs what its statements cost, and not what it takes to plan them again. */

let compiled = 0
let database: Database

/** The operations without their thread, in which nobody could count. */
const openHere: OpenStore = async () => {
  database = openDatabase(':memory:', () => compiled++)
  migrate(database, NOON)
  const operations = createOperations(database, () => {})
  const run = (name: OperationName, parameters: readonly unknown[]) => {
    const written: unknown[] = []
    writeCall(written, { name, parameters })
    const call = readCall(new FlatReader(written))
    return database.transaction(() => (operations[name] as (...all: readonly unknown[]) => unknown)(...call.parameters))
  }
  const store = Object.fromEntries(
    Object.keys(operations).map((name) => [
      name,
      async (...parameters: unknown[]) => run(name as keyof Operations, parameters),
    ]),
  ) as unknown as Store
  return { store, close: async () => database.close() }
}

const world = useWorld(openHere)

test('no statement of the life of a job and its deliveries is compiled a second time', async () => {
  const { store } = world
  const { id: accountId, webhookId } = await world.account(ENABLED)
  const processId = await world.process()
  const caps = { perAccount: 5, perLane: 50 }

  async function live(now: number) {
    // Accepted and leased at once; found by a claim; never run.
    const leased = await world.job(accountId, { leasedBy: processId, caps, payloadRetentionMs: 1_000 })
    await world.job(accountId, { createdAt: now })
    await store.nextJobDueAt(now)
    const [claimed] = await store.claimJobs({ processId, limit: 10, now, caps })
    if (!claimed) throw new Error('nothing was claimed')
    await store.rescheduleJob({ id: claimed.id, leasedBy: processId, run: claimed.run, runAt: now, spendAttempt: true })
    await store.claimJobs({ processId, limit: 10, now, caps })
    await store.takeUnstarted({ processId, limit: 10, dueBefore: now })
    await store.listCancelled(processId)
    const { deliveries } = await world.finish(leased, processId, { leaseDeliveriesMax: 1, finishedAt: now })
    await world.finish(claimed.id, processId, { leaseDeliveriesMax: 0, finishedAt: now })
    // One that arrives, one that fails, is claimed again and arrives then.
    const [first] = deliveries
    if (!first) throw new Error('nothing was leased')
    const next = { status: 'waiting', nextAttemptAt: now } as const
    await world.record(first, processId, { cause: 'status', next, finishedAt: now })
    await store.nextDeliveryDueAt(now)
    for (const delivery of await world.claim(processId, { now: now + 600_000 })) {
      await world.record(delivery, processId, { finishedAt: now + 600_000 })
    }
    await store.findJob(accountId, leased)
    await store.findDelivery(accountId, first.id)
    await store.listAttempts(first.id)
    await store.renewProcess(processId, now + 15_000)
    await store.listUntold(10)
    await store.countWaiting(webhookId, 10)
    await store.forgetIdempotencyKeys({ claimedBefore: now, limit: 10 })
    await store.listDueDocuments({ now, limit: 10 })
    await store.removeDuePayloads({ now: now + 600_000, limit: 10 })
    await store.listFailedDeliveries({ since: 0, toldBefore: now, limit: 10 })
    await store.listLongFailing({ failingBefore: now, limit: 10 })
  }

  // Twice, so that each statement was prepared, and run once on tables that are not empty.
  await live(NOON)
  await live(NOON + 1_000_000)
  compiled = 0
  await live(NOON + 2_000_000)
  await live(NOON + 3_000_000)
  expect(compiled).toBe(0)
})

test('no statement of this folder has a bare parameter behind limit or offset, by which SQLite would plan', () => {
  const here = new URL('./', import.meta.url)
  const files = readdirSync(here).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  // With a space behind it, it is TypeScript.
  const bare = files.filter((file) => /\b(limit|offset) \?(?! )/.test(readFileSync(new URL(file, here), 'utf8')))
  expect(files).toContain('claim-deliveries.ts')
  expect(bare).toEqual([])
})
