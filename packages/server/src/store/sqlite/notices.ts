import type { FailedDeliveries, NoticeStore } from '../notices.ts'
import type { WorkKind } from '../store.ts'
import type { AddressRow } from '../webhooks.ts'
import { ADDRESS_FIELDS, type Addresses } from './addresses.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'
import { INSERT_EVENT } from './webhooks.ts'

export const LIST_FAILED_DELIVERIES = `select d.address_id as addressId, count(*) as failed, min(d.finished_at) as firstAt,
    max(d.finished_at) as lastAt, max(d.id) as deliveryId
  from deliveries d left join address_notices n on n.address_id = d.address_id and n.kind = 'deliveries_failed'
  where d.status = 'failed' and d.finished_at > ?1 and d.trigger = 'job' and d.listener_id is null
    and (n.told_at is null or (n.told_at <= ?2 and d.finished_at > n.told_at))
  group by d.address_id order by d.address_id limit +?3`

export const LIST_LONG_FAILING = `select ${ADDRESS_FIELDS} from addresses
  where state = 'failing' and failing_since <= ?1 and webhook_id is not null order by failing_since limit +?2`

/** What accounts are told of their addresses besides their states. */
export function noticeOperations(
  database: Database,
  addresses: Addresses,
  wake: (kind: WorkKind) => void,
): Synchronous<NoticeStore> {
  const listFailed = database.prepare<FailedDeliveries>(LIST_FAILED_DELIVERIES)
  const listLongFailing = database.prepare<AddressRow>(LIST_LONG_FAILING)
  const tell = database.prepare(
    `insert into address_notices (address_id, kind, told_at) select id, ?2, ?4 from addresses where id = ?1
     on conflict do update set told_at = excluded.told_at where told_at <= ?3`,
  )
  const findAccount = database.prepare<{ accountId: string }>(
    'select account_id as accountId from addresses where id = ?',
  )
  const insertEvent = database.prepare<{ addressId: string }>(INSERT_EVENT)

  return {
    listFailedDeliveries: ({ since, toldBefore, limit }) => listFailed.all(since, toldBefore, limit),
    listLongFailing: ({ failingBefore, limit }) => listLongFailing.all(failingBefore, limit),
    tellNotice({ addressId, kind, toldBefore, toldAt, deliveryId, type, body, now }) {
      if (tell.run(addressId, kind, toldBefore, toldAt) === 0) return false
      const accountId = findAccount.get(addressId)?.accountId ?? ''
      const inserted = insertEvent.get(deliveryId, type, now, body, accountId, addressId)
      if (!inserted) return true
      addresses.waitsUntil(inserted.addressId, now)
      wake('deliveries')
      return true
    },
  }
}
