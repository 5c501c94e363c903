import { randomBytes } from 'node:crypto'
import { createCourier } from '../../packages/server/src/courier/courier.ts'
import { createSender } from '../../packages/server/src/courier/sender.ts'
import { systemClock as clock } from '../../packages/server/src/lib/clock.ts'
import { newId } from '../../packages/server/src/lib/ids.ts'
import { createLog } from '../../packages/server/src/lib/log.ts'
import { systemRandom } from '../../packages/server/src/lib/random.ts'
import type { Store } from '../../packages/server/src/store/store.ts'
import { createVault } from '../../packages/server/src/webhooks/secret-vault.ts'
import { createUrlGuard } from '../../packages/server/src/webhooks/url-guard.ts'

/** Deliveries that are somewhere between enqueue and record at once. */
const OUTSTANDING = 384

/** As in the app (`CONNECTIONS_PER_ORIGIN_MAX`). */
const CONNECTIONS = 128

export interface DeliveryLoad {
  /** Enqueues `count` deliveries, each by the end of a job, and resolves when the last one is on record. Gives 1/s. */
  run(count: number): Promise<number>
  stop(): Promise<void>
}

/**
 * The server's own parts between the end of a job and the record of its delivery (store, courier, guard, signatures,
 * log), without HTTP and tasks in front: what B1 and B2 measure.
 */
export async function createDeliveryLoad(store: Store, url: string): Promise<DeliveryLoad> {
  const vault = createVault(randomBytes(32))
  const account = await store.ensureAccount({ id: newId(), name: 'bench', webhookId: newId(), createdAt: clock.now() })
  const sealedSecret = vault.seal('a-secret-of-usual-length', account.id)
  await store.updateWebhook(account.id, 'default', { enabled: true, url, sealedSecret }, clock.now())
  const processId = newId()
  const farFuture = clock.now() + 3_600_000
  await store.insertProcess({ id: processId, host: 'bench', pid: process.pid, startedAt: 0, expiresAt: farFuture })

  let recorded = 0
  let onRecorded = () => {}
  const sender = createSender({
    guard: createUrlGuard({ allowHttpTargets: true, allowPrivateTargets: ['127.0.0.0/8'], clock }),
    clock,
    timeoutMs: 10_000,
    connectionsMax: CONNECTIONS,
  })
  const courier = createCourier({
    store: {
      claimDeliveries: store.claimDeliveries,
      nextDeliveryDueAt: store.nextDeliveryDueAt,
      async recordAttempt(attempt) {
        const written = await store.recordAttempt(attempt)
        recorded++
        onRecorded()
        return written
      },
    },
    sender,
    vault,
    clock,
    random: systemRandom,
    log: createLog('info', { write: () => {} }),
    lease: { processId, hold: () => {}, letGo: () => {} },
    userAgent: 'SharpAPIWebhook/1.0',
    scheduleMs: [10_000],
    giveUp: new AbortController().signal,
    onAttempt: () => {},
  })
  courier.start()

  async function enqueue(jobId: string): Promise<void> {
    const body = JSON.stringify({ id: jobId, status: 'success', type: 'content_translate' })
    const reserved = courier.reserve(1)
    const { deliveries } = await store.finishJob({
      id: jobId,
      leasedBy: processId,
      status: 'success',
      result: '{"content":"ciao","from_language":"English","to_language":"Italian"}',
      error: null,
      finishedAt: clock.now(),
      body,
      bodyWithResult: body,
      leaseDeliveriesMax: reserved,
    })
    courier.giveBack(reserved - deliveries.length)
    for (const delivery of deliveries) courier.handOver({ delivery, leasedBy: processId })
  }

  return {
    async run(count) {
      const ids = Array.from({ length: count }, newId)
      const createdAt = clock.now()
      const job = { accountId: account.id, type: 'content_translate', input: '{}', jobWebhookUrl: null, createdAt }
      await Promise.all(ids.map((id) => store.insertJob({ ...job, id, leasedBy: processId })))

      recorded = 0
      let enqueued = 0
      const startedMs = performance.now()
      await new Promise<void>((resolve, reject) => {
        const next = () => {
          while (enqueued < count && enqueued - recorded < OUTSTANDING) {
            enqueue(ids[enqueued++] as string).catch(reject)
          }
          if (recorded === count) resolve()
        }
        onRecorded = next
        next()
      })
      return (count / (performance.now() - startedMs)) * 1_000
    },
    async stop() {
      await courier.stop()
      await sender.close()
    },
  }
}
