import type { WebhookChange, WebhookRow, WebhookStore } from '../webhooks.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './operations.ts'

const FIELDS = `id, account_id as accountId, name, enabled, disabled_reason as disabledReason, url,
  include_result as includeResult, sealed_secret as sealedSecret, sealed_previous_secret as sealedPreviousSecret,
  previous_secret_until as previousSecretUntil, created_at as createdAt, updated_at as updatedAt`

const COLUMNS = {
  enabled: 'enabled',
  disabledReason: 'disabled_reason',
  url: 'url',
  includeResult: 'include_result',
  sealedSecret: 'sealed_secret',
  sealedPreviousSecret: 'sealed_previous_secret',
  previousSecretUntil: 'previous_secret_until',
} as const satisfies Record<keyof WebhookChange, string>

/** SQLite has no booleans. */
type StoredWebhook = Omit<WebhookRow, 'enabled' | 'includeResult'> & { enabled: number; includeResult: number }

function toWebhook(row: StoredWebhook): WebhookRow {
  return { ...row, enabled: row.enabled === 1, includeResult: row.includeResult === 1 }
}

/** Webhooks. A change is read by the next attempt because nothing is cached: sends join the row as it is then. */
export function webhookOperations(database: Database): Synchronous<WebhookStore> {
  const find = database.prepare<StoredWebhook>(
    `select ${FIELDS} from webhooks where account_id = ?1 and (id = ?2 or name = ?2)`,
  )
  const list = database.prepare<StoredWebhook>(`select ${FIELDS} from webhooks where account_id = ? order by id desc`)
  const discardWaiting = database.prepare(
    `update deliveries set status = 'discarded', next_attempt_at = null, finished_at = ?1
     where webhook_id = ?2 and status = 'waiting' and trigger <> 'test'`,
  )

  return {
    findWebhook(accountId, idOrName) {
      const row = find.get(accountId, idOrName)
      return row ? toWebhook(row) : null
    },
    listWebhooks: (accountId) => list.all(accountId).map(toWebhook),
    updateWebhook(accountId, idOrName, change, now) {
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
        `update webhooks set ${assignments.join(', ')} where account_id = ? and (id = ? or name = ?) returning ${FIELDS}`,
        [...parameters, accountId, idOrName, idOrName],
      )
      if (!row) return null
      if (change.enabled === false) discardWaiting.run(now, row.id)
      return toWebhook(row)
    },
  }
}
