import { type Connection, statement } from './database.ts'

/**
 * Which deliveries a process has leased, for the day it dies. `deliveries.leased_by` says it of each, and decides; but an
 * index on it would be written at every lease and every end, and with it all other indexes of the row, because PostgreSQL
 * then cannot update in place. So those that are leased together are entered here together, as one row.
 *
 * A row may name deliveries that have ended, or that another process has by now; never is one leased without a row of its
 * process, because both are one statement. Heartbeats remove the rows of which everything has ended.
 *
 * Measured in turns on 2 busy cores, for each delivery that is enqueued, sent and recorded: **82 and 88** instead of 100
 * and 107 µs of the server's CPU, **2,690** instead of 3,450 bytes of its log; 96 % of the ends are written in place. A
 * heartbeat that forgets 20,000 deliveries takes 93 ms. A row for each lease would be an index of its own, written twice. The
 * ids of a full batch stay uncompressed on their page (migration 0019): 1 µs less for each.
 */
export function enteredLeases(leased: string): string {
  return `insert into delivery_leases (process_id, delivery_ids)
    select leased_by, array_agg(id) from ${leased} where leased_by is not null group by leased_by`
}

/**
 * Renews the row of a process and forgets what has ended. The ids of a row are looked up in one walk of the primary key,
 * which stops at the first that is still leased; `offset 0` keeps the planner from joining, for which it reads all
 * deliveries as long as the table was not analysed.
 */
export const RENEW_PROCESS = statement(
  'renew_process',
  `
  with renewed as (
    update processes set expires_at = $2 where id = $1 returning id
  ),
  forgotten as (
    delete from delivery_leases l
    where l.process_id = $1 and exists (select from renewed)
      and not exists (select from deliveries d where d.id = any (l.delivery_ids) and d.leased_by = $1 offset 0)
  )
  select id from renewed
  `,
)

export interface LeasedPlace {
  readonly id: string
  readonly addressId: string
}

/** Looks up each id alone (`limit`), for the same reason. */
export const FIND_LEASED = statement(
  'find_leased_deliveries',
  `
  select distinct d.id, d.address_id as "addressId"
  from delivery_leases l cross join unnest(l.delivery_ids) as i (id) cross join lateral (
    select id, address_id from deliveries where id = i.id and leased_by is not distinct from $1 limit 1
  ) d
  where l.process_id = $1
  `,
)

/** Reads all deliveries, because no index tells; needed once after an upgrade for each process that was there before. */
const FIND_LEASED_UNENTERED = statement(
  'find_unentered_leases',
  'select id, address_id as "addressId" from deliveries where leased_by = $1',
)

/** The deliveries that a locked process has leased. */
export function findLeased(
  connection: Connection,
  process: { readonly id: string; readonly entersLeases: boolean },
): Promise<LeasedPlace[]> {
  return connection.run<LeasedPlace>(process.entersLeases ? FIND_LEASED : FIND_LEASED_UNENTERED, [process.id])
}

/** Forgets the leases of a process that has ended. */
export async function forgetLeases(connection: Connection, processId: string): Promise<void> {
  await connection.run('delete from delivery_leases where process_id = $1', [processId])
}
