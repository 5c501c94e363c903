import type { NewWebhook, WebhookRow, WebhookStore } from '../webhooks.ts'
import { disableAddress, forgetRate, lockAddresses, makeHealthy } from './addresses.ts'
import { postgresQueries } from './compiler.ts'
import { type Database, statement } from './database.ts'
import { type DiscardPlace, discardRest, discardWaiting } from './discard.ts'
import { notify } from './notify.ts'
import { type OperationalName, operationalOperations } from './operational.ts'

const FIELDS = [
  'id',
  'account_id as accountId',
  'name',
  'purpose',
  'job_types as jobTypes',
  'job_statuses as jobStatuses',
  'headers',
  'retry_schedule as retrySchedule',
  'rate_limit_per_second as rateLimitPerSecond',
  'enabled',
  'disabled_reason as disabledReason',
  'url',
  'include_result as includeResult',
  'sealed_secret as sealedSecret',
  'sealed_previous_secret as sealedPreviousSecret',
  'previous_secret_until as previousSecretUntil',
  'created_at as createdAt',
  'updated_at as updatedAt',
] as const

/** Who adds a webhook waits here for others of the account, so that the limit is exact. */
const LOCK_ACCOUNT = statement('lock_account', 'select id from accounts where id = $1 for no key update')

const COUNT_WEBHOOKS = statement(
  'count_webhooks',
  `select count(*) as count from webhooks where account_id = $1 and purpose = 'jobs' and deleted_at is null`,
)

const INSERT_WEBHOOK = statement(
  'insert_webhook',
  `
  with added as (
    insert into webhooks (id, account_id, name, enabled, url, include_result, sealed_secret, job_types, job_statuses,
      headers, retry_schedule, rate_limit_per_second, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
    on conflict (account_id, name) do nothing
    returning id, account_id, created_at
  )
  insert into addresses (id, account_id, webhook_id, created_at) select id, account_id, id, created_at from added
  returning id
  `,
)

/** The name is free again; the row stays for the deliveries that point to it. */
const DELETE_WEBHOOK = statement(
  'delete_webhook',
  `
  update webhooks set deleted_at = $3, updated_at = $3, enabled = false, name = 'deleted ' || id, url = $4,
    sealed_secret = null, sealed_previous_secret = null, headers = null
  where account_id = $1 and id = $2 and deleted_at is null
  returning id
  `,
)

/** Webhooks. A change is read by the next attempt because nothing is cached: claims join the row as it is then. */
export function webhookOperations(database: Database): WebhookStore {
  const present = (accountId: string) =>
    postgresQueries.selectFrom('webhooks').where('account_id', '=', accountId).where('deleted_at', 'is', null)

  function findQuery(accountId: string, idOrName: string) {
    return present(accountId)
      .select(FIELDS)
      .where((where) => where.or([where('id', '=', idOrName), where('name', '=', idOrName)]))
      .compile()
  }

  const core: Omit<WebhookStore, OperationalName> = {
    async findWebhook(accountId, idOrName) {
      const { sql, parameters } = findQuery(accountId, idOrName)
      const [row] = await database.run<WebhookRow>(sql, parameters)
      return row ?? null
    },
    listWebhooks(accountId) {
      const { sql, parameters } = present(accountId).select(FIELDS).orderBy('id', 'desc').compile()
      return database.run<WebhookRow>(sql, parameters)
    },
    insertWebhook: (webhook, webhooksMax) =>
      database.transaction(async (connection) => {
        await connection.run(LOCK_ACCOUNT, [webhook.accountId])
        const [present] = await connection.run<{ count: number }>(COUNT_WEBHOOKS, [webhook.accountId])
        if ((present?.count ?? 0) >= webhooksMax) return 'limit'
        const inserted = await connection.run(INSERT_WEBHOOK, valuesOf(webhook))
        return inserted.length > 0 ? 'inserted' : 'name'
      }),
    async deleteWebhook(accountId, webhookId, shownUrl, now) {
      const { isDeleted, left } = await database.transaction(async (connection) => {
        await lockAddresses(connection, [webhookId])
        const deleted = await connection.run(DELETE_WEBHOOK, [accountId, webhookId, now, shownUrl])
        if (deleted.length === 0) return { isDeleted: false, left: null }
        const left = await discardWaiting(connection, webhookId, now)
        await disableAddress(connection, webhookId, { told: true, now })
        return { isDeleted: true, left }
      })
      await discardRest(database, left)
      return isDeleted
    },
    async updateWebhook(accountId, idOrName, change, now) {
      let left: DiscardPlace | null = null
      const updated = await database.transaction(async (connection) => {
        const query = findQuery(accountId, idOrName)
        const [found] = await connection.run<WebhookRow>(query.sql, query.parameters)
        if (!found) return null
        await lockAddresses(connection, [found.id])
        const current = findQuery(accountId, found.id)
        const [before] = await connection.run<WebhookRow>(current.sql, current.parameters)
        if (!before) return null
        // Kysely leaves out fields that are undefined: exactly "fields that are left out stay as they are".
        const { sql, parameters } = postgresQueries
          .updateTable('webhooks')
          .set({
            name: change.name,
            job_types: change.jobTypes,
            job_statuses: change.jobStatuses,
            headers: change.headers,
            retry_schedule: change.retrySchedule,
            rate_limit_per_second: change.rateLimitPerSecond,
            enabled: change.enabled,
            disabled_reason: change.disabledReason,
            url: change.url,
            include_result: change.includeResult,
            sealed_secret: change.sealedSecret,
            sealed_previous_secret: change.sealedPreviousSecret,
            previous_secret_until: change.previousSecretUntil,
            updated_at: now,
          })
          .where('id', '=', found.id)
          .returning(FIELDS)
          .compile()
        const [row] = (await connection.run<WebhookRow>(sql, parameters)) as [WebhookRow]
        const switched = row.enabled !== before.enabled
        // Also when it was off: somebody may ask again because the answer to the first time was an error.
        if (!row.enabled) left = await discardWaiting(connection, row.id, now)
        if (switched && !row.enabled) {
          await disableAddress(connection, row.id, { told: true, now })
        } else if (row.enabled && (switched || row.url !== before.url)) {
          // Where it goes now is not where it failed.
          await makeHealthy(connection, row.id, now)
          await notify(connection, 'deliveries')
        }
        if (row.rateLimitPerSecond !== before.rateLimitPerSecond) {
          await forgetRate(connection, row.id, now)
          await notify(connection, 'deliveries')
        }
        return row
      })
      await discardRest(database, left)
      return updated
    },
  }
  return { ...core, ...operationalOperations(database) }
}

function valuesOf(webhook: NewWebhook): unknown[] {
  return [
    webhook.id,
    webhook.accountId,
    webhook.name,
    webhook.enabled,
    webhook.url,
    webhook.includeResult,
    webhook.sealedSecret,
    webhook.jobTypes,
    webhook.jobStatuses,
    webhook.headers,
    webhook.retrySchedule,
    webhook.rateLimitPerSecond,
    webhook.createdAt,
  ]
}
