import type { FailedDeliveries, NoticeStore } from '../notices.ts'
import type { AddressRow } from '../webhooks.ts'
import { ADDRESS_FIELDS, lockAddresses, lowerReady } from './addresses.ts'
import { type Database, statement } from './database.ts'
import { notify } from './notify.ts'
import { FIND_RECIPIENT, INSERT_EVENT } from './operational.ts'

export const LIST_FAILED_DELIVERIES = statement(
  'list_failed_deliveries',
  `
  select d.address_id as "addressId", count(*) as failed, min(d.failed_at) as "firstAt",
    max(d.failed_at) as "lastAt", max(d.id) as "deliveryId"
  from deliveries d left join address_notices n on n.address_id = d.address_id and n.kind = 'deliveries_failed'
  where d.failed_at > $1 and d.trigger = 'job' and d.listener_id is null
    and (n.told_at is null or (n.told_at <= $2 and d.failed_at > n.told_at))
  group by d.address_id order by d.address_id limit $3
  `,
)

export const LIST_LONG_FAILING = statement(
  'list_long_failing',
  `
  select ${ADDRESS_FIELDS} from addresses
  where state = 'failing' and failing_since <= $1 and webhook_id is not null order by failing_since limit $2
  `,
)

const TELL_NOTICE = statement(
  'tell_notice',
  `
  insert into address_notices as n (address_id, kind, told_at) select id, $2, $4::bigint from addresses where id = $1
  on conflict (address_id, kind) do update set told_at = excluded.told_at where n.told_at <= $3
  returning 1
  `,
)

/** What accounts are told of their addresses besides their states. */
export function noticeOperations(database: Database): NoticeStore {
  return {
    listFailedDeliveries: ({ since, toldBefore, limit }) =>
      database.run<FailedDeliveries>(LIST_FAILED_DELIVERIES, [since, toldBefore, limit]),
    listLongFailing: ({ failingBefore, limit }) => database.run<AddressRow>(LIST_LONG_FAILING, [failingBefore, limit]),
    tellNotice: ({ addressId, kind, toldBefore, toldAt, deliveryId, type, body, now }) =>
      database.transaction(async (connection) => {
        const [recipient] = await connection.run<{ id: string }>(FIND_RECIPIENT, [addressId])
        await lockAddresses(connection, recipient ? [addressId, recipient.id] : [addressId])
        const told = await connection.run(TELL_NOTICE, [addressId, kind, toldBefore, toldAt])
        if (told.length === 0) return false
        if (!recipient || recipient.id === addressId) return true
        const added = await connection.run(INSERT_EVENT, [deliveryId, type, now, body, recipient.id])
        if (added.length === 0) return true
        await lowerReady(connection, [recipient.id], now)
        await notify(connection, 'deliveries')
        return true
      }),
  }
}
