import { DISCARD_STEP } from '../discard-step.ts'
import type { WorkKind } from '../store.ts'
import type { AddressRow, WebhookChange, WebhookRow, WebhookStore } from '../webhooks.ts'
import { ADDRESS_FIELDS, type Addresses } from './addresses.ts'
import type { Database } from './database.ts'
import type { Operations, Synchronous } from './synchronous.ts'

const FIELDS = `id, account_id as accountId, name, purpose, job_types as jobTypes, job_statuses as jobStatuses, headers,
  retry_schedule as retrySchedule, rate_limit_per_second as rateLimitPerSecond, enabled, disabled_reason as disabledReason, url,
  include_result as includeResult, sealed_secret as sealedSecret, sealed_previous_secret as sealedPreviousSecret,
  previous_secret_until as previousSecretUntil, created_at as createdAt, updated_at as updatedAt`

const COLUMNS = {
  name: 'name',
  jobTypes: 'job_types',
  jobStatuses: 'job_statuses',
  headers: 'headers',
  retrySchedule: 'retry_schedule',
  rateLimitPerSecond: 'rate_limit_per_second',
  enabled: 'enabled',
  disabledReason: 'disabled_reason',
  url: 'url',
  includeResult: 'include_result',
  sealedSecret: 'sealed_secret',
  sealedPreviousSecret: 'sealed_previous_secret',
  previousSecretUntil: 'previous_secret_until',
} as const satisfies Record<keyof WebhookChange, string>

/** How a waiting delivery is discarded at `?1`; one that had been delivered before stays delivered. */
export const DISCARDED = `status = case when delivered_at is null then 'discarded' else 'delivered' end,
  next_attempt_at = null, finished_at = ?1, resend = 0`

/**
 * Discards some of what waits for a webhook (?2) that was switched off or removed at ?1. A test is somebody's wish, and
 * stays. A webhook's id is that of its address: so the index of what waits for an address serves.
 */
export const DISCARD_WAITING = `update deliveries set ${DISCARDED} where rowid in (
  select rowid from deliveries where address_id = ?2 and next_attempt_at is not null and trigger <> 'test'
    and exists (select 1 from webhooks where id = ?2 and enabled = 0)
  order by next_attempt_at limit ${DISCARD_STEP})`

/** Adds a delivery (?1) of an event to the webhook of account ?5 that is told what happens to the others, if it is on. */
export const INSERT_EVENT = `insert into deliveries (id, account_id, webhook_id, address_id, job_type, job_status, trigger,
    status, next_attempt_at, created_at, body)
  select ?1, account_id, id, id, ?2, 'success', 'event', 'waiting', ?3, ?3, ?4 from webhooks
  where account_id = ?5 and purpose = 'operations' and enabled = 1 and deleted_at is null and id <> ?6
  returning address_id as addressId`

/** SQLite has no booleans. */
type StoredWebhook = Omit<WebhookRow, 'enabled' | 'includeResult'> & { enabled: number; includeResult: number }

function toWebhook(row: StoredWebhook): WebhookRow {
  return { ...row, enabled: row.enabled === 1, includeResult: row.includeResult === 1 }
}

/** Webhooks. A change is read by the next attempt because nothing is cached: sends join the row as it is then. */
export function webhookOperations(
  database: Database,
  addresses: Addresses,
  wake: (kind: WorkKind) => void,
): Synchronous<WebhookStore> & Pick<Operations, 'discardMore'> {
  const find = database.prepare<StoredWebhook>(
    `select ${FIELDS} from webhooks where account_id = ?1 and (id = ?2 or name = ?2) and deleted_at is null`,
  )
  const list = database.prepare<StoredWebhook>(`select ${FIELDS} from webhooks
     where account_id = ? and deleted_at is null order by id desc`)
  const discardWaiting = database.prepare(DISCARD_WAITING)
  const countWebhooks = database.prepare<{ count: number }>(
    `select count(*) as count from webhooks where account_id = ? and purpose = 'jobs' and deleted_at is null`,
  )
  const insert = database.prepare(
    `insert into webhooks (id, account_id, name, enabled, url, include_result, sealed_secret, job_types, job_statuses,
       headers, retry_schedule, rate_limit_per_second, created_at, updated_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13) on conflict (account_id, name) do nothing`,
  )
  const insertAddress = database.prepare(
    'insert into addresses (id, account_id, webhook_id, created_at) values (?1, ?2, ?1, ?3)',
  )
  // The name is free again; the row stays for the deliveries that point to it.
  const remove = database.prepare(
    `update webhooks set deleted_at = ?1, updated_at = ?1, enabled = 0, name = 'deleted ' || id, url = ?4,
       sealed_secret = null, sealed_previous_secret = null, headers = null
     where account_id = ?2 and id = ?3 and deleted_at is null`,
  )
  const findAddress = database.prepare<AddressRow>(`select ${ADDRESS_FIELDS} from addresses where id = ?`)
  const countWaiting = database.prepare<{ waiting: number; oldestCreatedAt: number | null }>(
    `select count(*) as waiting, min(created_at) as oldestCreatedAt from (select created_at from deliveries
       where address_id = ? and next_attempt_at is not null order by next_attempt_at limit +?)`,
  )
  const listUntold = database.prepare<AddressRow>(
    `select ${ADDRESS_FIELDS} from addresses where told_state <> state order by id limit +?`,
  )
  const tell = database.prepare<{ accountId: string }>(
    `update addresses set told_state = ?1 where id = ?2 and state = ?1 and told_state <> ?1
     returning account_id as accountId`,
  )
  const insertEventDelivery = database.prepare<{ addressId: string }>(INSERT_EVENT)

  return {
    findWebhook(accountId, idOrName) {
      const row = find.get(accountId, idOrName)
      return row ? toWebhook(row) : null
    },
    listWebhooks: (accountId) => list.all(accountId).map(toWebhook),
    updateWebhook(accountId, idOrName, change, now) {
      const before = find.get(accountId, idOrName)
      if (!before) return null
      const assignments = ['updated_at = ?']
      const parameters: (string | number | null)[] = [now]
      for (const [field, value] of Object.entries(change) as [
        keyof WebhookChange,
        WebhookChange[keyof WebhookChange],
      ][]) {
        if (value === undefined) continue
        assignments.push(`${COLUMNS[field]} = ?`)
        parameters.push(typeof value === 'boolean' ? Number(value) : value)
      }
      const [row] = database.query<StoredWebhook>(
        `update webhooks set ${assignments.join(', ')} where id = ? returning ${FIELDS}`,
        [...parameters, before.id],
      ) as [StoredWebhook]
      const switched = row.enabled !== before.enabled
      if (switched && row.enabled === 0) {
        discardWaiting.run(now, row.id)
        addresses.disable(row.id, true, now)
      } else if (row.enabled === 1 && (switched || row.url !== before.url)) {
        // Where it goes now is not where it failed.
        addresses.makeHealthy(row.id, now)
        wake('deliveries')
      }
      if (row.rateLimitPerSecond !== before.rateLimitPerSecond) {
        addresses.forgetRate(row.id, now)
        wake('deliveries')
      }
      return toWebhook(row)
    },
    insertWebhook(webhook, webhooksMax) {
      if ((countWebhooks.get(webhook.accountId)?.count ?? 0) >= webhooksMax) return 'limit'
      const inserted = insert.run(
        webhook.id,
        webhook.accountId,
        webhook.name,
        webhook.enabled ? 1 : 0,
        webhook.url,
        webhook.includeResult ? 1 : 0,
        webhook.sealedSecret,
        webhook.jobTypes,
        webhook.jobStatuses,
        webhook.headers,
        webhook.retrySchedule,
        webhook.rateLimitPerSecond,
        webhook.createdAt,
      )
      if (inserted === 0) return 'name'
      insertAddress.run(webhook.id, webhook.accountId, webhook.createdAt)
      return 'inserted'
    },
    deleteWebhook(accountId, webhookId, shownUrl, now) {
      if (remove.run(now, accountId, webhookId, shownUrl) === 0) return false
      discardWaiting.run(now, webhookId)
      addresses.disable(webhookId, true, now)
      return true
    },
    discardMore(webhookId, now) {
      if (discardWaiting.run(now, webhookId) === DISCARD_STEP) return true
      addresses.planNextClaim(webhookId, now)
      return false
    },
    findAddress: (addressId) => findAddress.get(addressId) ?? null,
    countWaiting: (addressId, limit) => countWaiting.get(addressId, limit) as never,
    listUntold: (limit) => listUntold.all(limit),
    tellOperationalEvent({ addressId, state, deliveryId, type, body, now }) {
      const told = tell.get(state, addressId)
      if (!told) return
      const inserted = insertEventDelivery.get(deliveryId, type, now, body, told.accountId, addressId)
      if (!inserted) return
      addresses.waitsUntil(inserted.addressId, now)
      wake('deliveries')
    },
  }
}
