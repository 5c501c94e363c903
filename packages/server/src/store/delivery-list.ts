import { type Kysely, sql } from 'kysely'
import type { DeliveryFilter } from './deliveries.ts'
import { endedBadly } from './ended-badly.ts'
import { inRange } from './list-range.ts'
import type { Schema } from './schema.ts'

/**
 * The query of the delivery list, newest first, for either engine: compile it with the engine's own dialect. Its
 * columns are the fields of `DeliveryRow` without the body, which can be hundreds of kilobytes a row.
 *
 * Measured with a million deliveries of one account, of which 200 match (CPU of SQLite's thread, in which nobody else is
 * served meanwhile): 420 ms by an index of account and id, whatever is asked for. With the time of creation in that index
 * a range of time takes **0.2 ms**. Causes, bad ends and what waits have indexes of their own, which hold nothing else,
 * and take as little. Type, webhook and trigger stand in the account's index behind the id, so that a walk along all of
 * it reads no other row: 150 ms. An index for each would be written for every delivery (1.5 µs); the longer key is not
 * seen in the cost of one.
 */
export function buildDeliveryList(db: Kysely<Schema>, filter: DeliveryFilter) {
  let query = db
    .selectFrom('deliveries')
    .leftJoin('webhooks', 'webhooks.id', 'deliveries.webhook_id')
    .select(({ fn }) => [
      'deliveries.id',
      'deliveries.account_id as accountId',
      'deliveries.webhook_id as webhookId',
      'deliveries.listener_id as listenerId',
      'deliveries.job_id as jobId',
      'deliveries.job_type as jobType',
      'deliveries.job_status as jobStatus',
      'deliveries.trigger',
      'deliveries.status',
      fn.coalesce('deliveries.url', 'webhooks.url').as('url'),
      'deliveries.attempt_count as attemptCount',
      'deliveries.next_attempt_at as nextAttemptAt',
      'deliveries.last_cause as lastCause',
      'deliveries.created_at as createdAt',
      'deliveries.finished_at as finishedAt',
      'deliveries.delivered_at as deliveredAt',
      'deliveries.payload_removed_at as payloadRemovedAt',
    ])
  if (filter.status !== undefined) query = query.where('deliveries.status', '=', filter.status)
  // Says the same again as the conditions of the indexes do.
  if (filter.status === 'failed' || filter.status === 'discarded') query = query.where(endedBadly(db, filter.status))
  if (filter.status === 'waiting') {
    query = query.where(sql<boolean>`deliveries.status = 'waiting' and deliveries.next_attempt_at is not null`)
  }
  if (filter.webhookId !== undefined) query = query.where('deliveries.webhook_id', '=', filter.webhookId)
  if (filter.jobId !== undefined) query = query.where('deliveries.job_id', '=', filter.jobId)
  if (filter.jobType !== undefined) query = query.where('deliveries.job_type', '=', filter.jobType)
  if (filter.cause !== undefined) query = query.where('deliveries.last_cause', '=', filter.cause)
  if (filter.trigger !== undefined) query = query.where('deliveries.trigger', '=', filter.trigger)
  return inRange(query, 'deliveries', filter)
}
