import type { WebhookRow, WebhookStore } from '../webhooks.ts'
import { postgresQueries } from './compiler.ts'
import type { Database } from './database.ts'

const FIELDS = [
  'id',
  'account_id as accountId',
  'name',
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

/** `next_attempt_at is not null` says the same as "waiting" and lets the small index of waiting deliveries serve. */
const DISCARD_WAITING = `
  update deliveries set status = 'discarded', next_attempt_at = null, finished_at = $2
  where webhook_id = $1 and status = 'waiting' and next_attempt_at is not null and trigger <> 'test'`

/** Webhooks. A change is read by the next attempt because nothing is cached: claims join the row as it is then. */
export function webhookOperations(database: Database): WebhookStore {
  return {
    async findWebhook(accountId, idOrName) {
      const { sql, parameters } = postgresQueries
        .selectFrom('webhooks')
        .select(FIELDS)
        .where('account_id', '=', accountId)
        .where((where) => where.or([where('id', '=', idOrName), where('name', '=', idOrName)]))
        .compile()
      const [row] = await database.run<WebhookRow>(sql, parameters)
      return row ?? null
    },
    listWebhooks(accountId) {
      const { sql, parameters } = postgresQueries
        .selectFrom('webhooks')
        .select(FIELDS)
        .where('account_id', '=', accountId)
        .orderBy('id', 'desc')
        .compile()
      return database.run<WebhookRow>(sql, parameters)
    },
    updateWebhook(accountId, idOrName, change, now) {
      // Kysely leaves out fields that are undefined: exactly "fields that are left out stay as they are".
      const { sql, parameters } = postgresQueries
        .updateTable('webhooks')
        .set({
          enabled: change.enabled,
          disabled_reason: change.disabledReason,
          url: change.url,
          include_result: change.includeResult,
          sealed_secret: change.sealedSecret,
          sealed_previous_secret: change.sealedPreviousSecret,
          previous_secret_until: change.previousSecretUntil,
          updated_at: now,
        })
        .where('account_id', '=', accountId)
        .where((where) => where.or([where('id', '=', idOrName), where('name', '=', idOrName)]))
        .returning(FIELDS)
        .compile()
      return database.transaction(async (connection) => {
        const [row] = await connection.run<WebhookRow>(sql, parameters)
        if (row && change.enabled === false) await connection.run(DISCARD_WAITING, [row.id, now])
        return row ?? null
      })
    },
  }
}
