import { randomBytes } from 'node:crypto'
import { createCourier } from '../../packages/server/src/courier/courier.ts'
import { createInbox } from '../../packages/server/src/courier/inbox/inbox.ts'
import { createSender } from '../../packages/server/src/courier/sending/sender.ts'
import { systemClock as clock } from '../../packages/server/src/lib/clock.ts'
import { newId } from '../../packages/server/src/lib/ids.ts'
import { createLog } from '../../packages/server/src/lib/log.ts'
import { systemRandom } from '../../packages/server/src/lib/random.ts'
import type { Store } from '../../packages/server/src/store/store.ts'
import { createVault } from '../../packages/server/src/webhooks/secret-vault.ts'
import { createUrlGuard } from '../../packages/server/src/webhooks/url-guard.ts'

/** Deliveries that are somewhere between enqueue and record at once. */
const OUTSTANDING = 384

export interface DeliveryLoad {
  /** Writes `count` jobs for the accounts in turn, leased to this load; gives their ids with the account's place. */
  prepare(count: number): Promise<PreparedJob[]>
  /** Ends a job: its delivery is enqueued and, when there is room, sent at once. */
  enqueue(job: PreparedJob): Promise<void>
  /** Enqueues prepared jobs, and resolves when the last one is on record. Gives deliveries per second. */
  run(count: number, onPrepared?: () => void): Promise<number>
  /** Called with the place of the account whenever an attempt is on record. */
  onRecorded: (place: number) => void
  stop(): Promise<void>
}

export interface PreparedJob {
  readonly id: string
  /** Which of the URLs its webhook has. */
  readonly place: number
}

/**
 * The server's own parts between the end of a job and the record of its delivery (store, courier, guard, signatures,
 * log), without HTTP and tasks in front. One account with one webhook for each URL.
 */
export async function createDeliveryLoad(store: Store, urls: readonly string[]): Promise<DeliveryLoad> {
  const vault = createVault(randomBytes(32))
  const accounts = await Promise.all(urls.map((url, place) => addAccount(store, vault, url, place)))
  const placeOf = new Map(accounts.map(({ webhookId }, place) => [webhookId, place]))
  const processId = newId()
  const farFuture = clock.now() + 3_600_000
  await store.insertProcess({ id: processId, host: 'bench', pid: process.pid, startedAt: 0, expiresAt: farFuture })

  const sender = createSender({
    guard: createUrlGuard({ allowHttpTargets: true, allowPrivateTargets: ['127.0.0.0/8'], clock }),
    clock,
    timeoutMs: 10_000,
  })
  const courier = createCourier({
    store: {
      claimDeliveries: store.claimDeliveries,
      nextDeliveryDueAt: store.nextDeliveryDueAt,
      async recordAttempt(attempt) {
        const written = await store.recordAttempt(attempt)
        load.onRecorded(placeOf.get(attempt.addressId) ?? 0)
        return written
      },
    },
    sender,
    inbox: createInbox({ clock, timeoutMs: 10_000 }),
    vault,
    clock,
    random: systemRandom,
    log: createLog('info', { write: () => {} }),
    lease: { processId, hold: () => {}, letGo: () => {} },
    userAgent: 'SharpAPIWebhook/1.0',
    scheduleMs: [10_000],
    giveUp: new AbortController().signal,
    onUntold: () => {},
    onAttempt: () => {},
  })
  courier.start()
  // As the app does: without it, what waits for a full address is found by the poll, five seconds later.
  const stopListening = store.onWork((kind) => kind === 'deliveries' && courier.wake())

  const load: DeliveryLoad = {
    onRecorded: () => {},
    async prepare(count) {
      const jobs = Array.from({ length: count }, (_, index) => ({ id: newId(), place: index % urls.length }))
      const common = { type: 'content_translate', input: '{}', jobWebhookUrl: null, createdAt: clock.now() }
      const insert = ({ id, place }: PreparedJob) =>
        store.insertJob({ ...common, id, accountId: accounts[place]?.id as string, leasedBy: processId })
      await Promise.all(jobs.map(insert))
      return jobs
    },
    async enqueue({ id }) {
      const body = JSON.stringify({ id, status: 'success', type: 'content_translate' })
      const reserved = courier.reserve(1)
      const { deliveries } = await store.finishJob({
        id,
        leasedBy: processId,
        jobWebhookAddress: null,
        status: 'success',
        result: '{"content":"ciao","from_language":"English","to_language":"Italian"}',
        error: null,
        finishedAt: clock.now(),
        body,
        bodyWithResult: body,
        leaseDeliveriesMax: reserved,
        fullAddresses: courier.fullAddresses(),
      })
      courier.giveBack(reserved - deliveries.length)
      for (const delivery of deliveries) courier.handOver({ delivery, leasedBy: processId })
    },
    async run(count, onPrepared = () => {}) {
      const jobs = await load.prepare(count)
      onPrepared()
      let enqueued = 0
      let recorded = 0
      const startedMs = performance.now()
      await new Promise<void>((resolve, reject) => {
        const next = () => {
          while (enqueued < count && enqueued - recorded < OUTSTANDING) {
            load.enqueue(jobs[enqueued++] as PreparedJob).catch(reject)
          }
          if (recorded === count) resolve()
        }
        load.onRecorded = () => {
          recorded++
          next()
        }
        next()
      })
      load.onRecorded = () => {}
      return (count / (performance.now() - startedMs)) * 1_000
    },
    async stop() {
      stopListening()
      void courier.stop()
      await sender.close()
    },
  }
  return load
}

async function addAccount(
  store: Store,
  vault: ReturnType<typeof createVault>,
  url: string,
  place: number,
): Promise<{ id: string; webhookId: string }> {
  const name = `bench ${place}`
  const webhookId = newId()
  const { id } = await store.ensureAccount({ id: newId(), name, webhookId, createdAt: clock.now() })
  const sealedSecret = vault.seal('a-secret-of-usual-length', id)
  await store.updateWebhook(id, 'default', { enabled: true, url, sealedSecret }, clock.now())
  return { id, webhookId }
}
