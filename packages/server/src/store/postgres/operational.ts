import type { AddressRow, WebhookStore } from '../webhooks.ts'
import { ADDRESS_FIELDS, lockAddresses, lowerReady } from './addresses.ts'
import { type Database, statement } from './database.ts'
import { notify } from './notify.ts'

/** The methods of this file. */
export type OperationalName = 'findAddress' | 'countWaiting' | 'listUntold' | 'tellOperationalEvent'

const FIND_ADDRESS = statement('find_address', `select ${ADDRESS_FIELDS} from addresses where id = $1`)

const COUNT_WAITING = statement(
  'count_waiting',
  `
  select count(*) as waiting, min(created_at) as "oldestCreatedAt" from (
    select created_at from deliveries where address_id = $1 and next_attempt_at is not null
    order by next_attempt_at limit $2
  ) waiting
  `,
)

const LIST_UNTOLD = statement(
  'list_untold',
  `select ${ADDRESS_FIELDS} from addresses where told_state <> state order by id limit $1`,
)

export const FIND_RECIPIENT = statement(
  'find_recipient',
  `
  select w.id, w.enabled from webhooks w join addresses a on a.account_id = w.account_id
  where a.id = $1 and w.purpose = 'operations' and w.deleted_at is null
  `,
)

const TELL = statement(
  'tell',
  'update addresses set told_state = $2 where id = $1 and state = $2 and told_state <> $2 returning account_id',
)

export const INSERT_EVENT = statement(
  'insert_event',
  `
  insert into deliveries (id, account_id, webhook_id, address_id, job_type, job_status, trigger, status,
    next_attempt_at, created_at, body)
  select $1, w.account_id, w.id, w.id, $2, 'success', 'event', 'waiting', $3::bigint, $3, $4
  from webhooks w where w.id = $5 and w.enabled
  returning id
  `,
)

/** How addresses are doing, and what accounts are told of that. */
export function operationalOperations(database: Database): Pick<WebhookStore, OperationalName> {
  return {
    async findAddress(addressId) {
      const [row] = await database.run<AddressRow>(FIND_ADDRESS, [addressId])
      return row ?? null
    },
    async countWaiting(addressId, limit) {
      const [row] = await database.run<{ waiting: number; oldestCreatedAt: number | null }>(COUNT_WAITING, [
        addressId,
        limit,
      ])
      return row ?? { waiting: 0, oldestCreatedAt: null }
    },
    listUntold: (limit) => database.run<AddressRow>(LIST_UNTOLD, [limit]),
    tellOperationalEvent: ({ addressId, state, deliveryId, type, body, now }) =>
      database.transaction(async (connection) => {
        const [recipient] = await connection.run<{ id: string }>(FIND_RECIPIENT, [addressId])
        await lockAddresses(connection, recipient ? [addressId, recipient.id] : [addressId])
        const told = await connection.run(TELL, [addressId, state])
        if (told.length === 0 || !recipient || recipient.id === addressId) return
        const added = await connection.run(INSERT_EVENT, [deliveryId, type, now, body, recipient.id])
        if (added.length === 0) return
        await lowerReady(connection, [recipient.id], now)
        await notify(connection, 'deliveries')
      }),
  }
}
