import type { FinalJobStatus } from '@ringback/contract'
import { newId } from '../lib/ids.ts'
import type { RecoverPlace } from '../store/deliveries.ts'
import type { JobStore } from '../store/jobs.ts'
import type { MissedFilter, MissedStore } from '../store/missed.ts'
import type { WebhookRow } from '../store/webhooks.ts'
import { filtersPass } from './filters.ts'
import { buildBodies } from './payload.ts'
import type { Recovered } from './recover-deliveries.ts'

/** Jobs looked at in one read: a few milliseconds in which an embedded database does nothing else. */
const PAGE = 500

/** Deliveries of one write. Their bodies can have 256 KiB each, and are in memory together. */
const BATCH = 50

/** Most deliveries of one call: each is a look-up and a body of its own, some 10 s in all. */
const MISSED_MAX = 10_000

export interface MissedDeps {
  readonly store: MissedStore & Pick<JobStore, 'findJob'>
  /** Where a result that is too large for a body can be fetched. */
  readonly statusUrl: (type: string, jobId: string) => string
}

/** How many jobs {@link recoverMissed} would tell a webhook of. Stops at `most`. */
export async function countMissed(
  { store }: MissedDeps,
  webhook: WebhookRow,
  filter: MissedFilter,
  most = MISSED_MAX,
): Promise<number> {
  let count = 0
  for await (const ids of pagesOf(store, webhook, filter)) {
    count += ids.length
    if (count >= most) return most
  }
  return count
}

/**
 * Tells a webhook of the jobs that have ended without it, because it was off or not there yet, as far as its filters let
 * them through: each gets a delivery with the body that it would have got. At most `most` in one call.
 *
 * Made when somebody asks, and not at the end of each job: a webhook that is off for a year would gather a row for every
 * job, and each end would pay for it, while hardly anybody wants them.
 */
export async function recoverMissed(
  deps: MissedDeps,
  webhook: WebhookRow,
  filter: MissedFilter,
  { now, most = MISSED_MAX }: { readonly now: number; readonly most?: number },
): Promise<Recovered> {
  let recovered = 0
  for await (const ids of pagesOf(deps.store, webhook, filter)) {
    for (let rest = ids; rest.length > 0; ) {
      if (recovered === most) return { recovered, skipped: 0, more: true }
      const size = Math.min(BATCH, most - recovered)
      recovered += await tell(deps, webhook, rest.slice(0, size), now)
      rest = rest.slice(size)
    }
  }
  return { recovered, skipped: 0, more: false }
}

/** Ids of missed jobs that pass the filters of the webhook, a page of the table at a time. */
async function* pagesOf(store: MissedStore, webhook: WebhookRow, filter: MissedFilter): AsyncGenerator<string[]> {
  for (let after: RecoverPlace | null = null; ; ) {
    const page: Awaited<ReturnType<typeof store.listMissed>> = await store.listMissed(filter, { limit: PAGE, after })
    const told = page.missed.filter(({ type, status }) => filtersPass(webhook, type, status as FinalJobStatus))
    yield told.map(({ id }) => id)
    after = page.last
    if (after === null) return
  }
}

async function tell({ store, statusUrl }: MissedDeps, webhook: WebhookRow, jobIds: readonly string[], now: number) {
  const jobs = await Promise.all(jobIds.map((id) => store.findJob(webhook.accountId, id)))
  const deliveries = jobs.flatMap((job) => {
    // Removed meanwhile.
    if (job === null || job.payloadRemovedAt !== null) return []
    const { id, type, error, result } = job
    const status = job.status as FinalJobStatus
    const bodies = buildBodies({ id, status, type, error, resultText: result, resultUrl: statusUrl(type, id) })
    return [{ id: newId(), jobId: id, body: webhook.includeResult ? bodies.bodyWithResult : bodies.body }]
  })
  return await store.insertLateDeliveries(webhook.id, deliveries, now)
}
