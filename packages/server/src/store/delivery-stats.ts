import type { AttemptCause } from '@ringback/contract'
import type { Kysely } from 'kysely'
import { endedBadly } from './ended-badly.ts'
import type { Schema } from './schema.ts'

/** What an attempt of a recent delivery says about its webhook. */
export interface RecentAttempt {
  /** Null: a job webhook. */
  readonly webhookId: string | null
  /** From 1 on. */
  readonly number: number
  /** When its delivery was written: at the end of the job. */
  readonly createdAt: number
  readonly startedAt: number
  /** Null: success. */
  readonly cause: AttemptCause | null
  /** From the start of the attempt to the first byte of the answer; null without an answer. */
  readonly firstByteMs: number | null
  readonly totalMs: number
}

/** Deliveries that ended without success, of one webhook and for one reason. */
export interface FailedGroup {
  /** Null: job webhooks. */
  readonly webhookId: string | null
  readonly status: 'failed' | 'discarded'
  /** Null: discarded before its first attempt. */
  readonly cause: AttemptCause | null
  readonly count: number
  readonly oldestAt: number
  readonly newestAt: number
}

/** What listeners got is in none of it: it says nothing about how the account's webhooks are doing. */
export interface DeliveryStatsStore {
  /**
   * All attempts of the newest `limit` deliveries of an account that were created at `since` or later. The limit bounds
   * the cost: a page of the table, however much there is.
   */
  listRecentAttempts(filter: { accountId: string; since: number; limit: number }): Promise<RecentAttempt[]>
  /** Counts the newest `limit` deliveries that failed or were discarded, by webhook, status and cause. Not in an order. */
  countFailed(filter: { accountId: string; since: number; until: number; limit: number }): Promise<FailedGroup[]>
}

/** The newest rows are the right edge of `deliveries_by_account`; their attempts are found by their primary key. */
export function buildRecentAttempts(
  db: Kysely<Schema>,
  { accountId, since, limit }: { accountId: string; since: number; limit: number },
) {
  return db
    .selectFrom((from) =>
      from
        .selectFrom('deliveries')
        .select(['id', 'webhook_id', 'created_at'])
        .where('account_id', '=', accountId)
        .where('listener_id', 'is', null)
        .where('created_at', '>=', since)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .as('recent'),
    )
    .innerJoin('attempts', 'attempts.delivery_id', 'recent.id')
    .select([
      'recent.webhook_id as webhookId',
      'recent.created_at as createdAt',
      'attempts.number',
      'attempts.started_at as startedAt',
      'attempts.cause',
      'attempts.first_byte_ms as firstByteMs',
      'attempts.total_ms as totalMs',
    ])
}

/** Reads `deliveries_ended_badly`, which holds nothing else. */
export function buildFailedGroups(
  db: Kysely<Schema>,
  filter: { accountId: string; since: number; until: number; limit: number },
) {
  return db
    .selectFrom((from) =>
      from
        .selectFrom('deliveries')
        .select(['webhook_id', 'status', 'last_cause', 'created_at'])
        .where(endedBadly(db))
        .where('account_id', '=', filter.accountId)
        .where('listener_id', 'is', null)
        .where('created_at', '>=', filter.since)
        .where('created_at', '<', filter.until)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(filter.limit)
        .as('ended'),
    )
    .select(({ fn }) => [
      'webhook_id as webhookId',
      'status',
      'last_cause as cause',
      fn.countAll<number>().as('count'),
      fn.min('created_at').as('oldestAt'),
      fn.max('created_at').as('newestAt'),
    ])
    .groupBy(['webhook_id', 'status', 'last_cause'])
}
