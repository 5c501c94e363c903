-- The end of a delivery that went well changes no index: it is the most frequent update of all, and PostgreSQL then
-- writes the row beside the old one and nothing else ("heap-only tuples"). So no index may name a column that such an
-- end changes, neither as a key nor in its condition: not status, finished_at, leased_by.
-- SQLite writes only the indexes that change anyway, and keeps the old ones.

-- Null as long as it went well. Adding them writes the table anew: 45 s for a million rows, on two busy cores.
alter table deliveries
  add column bad_end text collate "C"
    generated always as (case when status in ('failed', 'discarded') then status end) stored,
  add column failed_at bigint generated always as (case when status = 'failed' then finished_at end) stored,
  -- who has the copy of a listener
  add column listened_by text collate "C"
    generated always as (case when listener_id is not null then leased_by end) stored;

drop index deliveries_ended_badly;
create index deliveries_ended_badly on deliveries (account_id, created_at, id) where bad_end is not null;
drop index deliveries_by_bad_end;
create index deliveries_by_bad_end on deliveries (account_id, bad_end, created_at, id) where bad_end is not null;
drop index deliveries_failed;
create index deliveries_failed on deliveries (failed_at) where failed_at is not null;
drop index deliveries_waiting;
create index deliveries_waiting on deliveries (account_id, created_at, id) where next_attempt_at is not null;
drop index deliveries_leased;
create index deliveries_listened on deliveries (address_id) where listened_by is not null;
-- Room in each page for the ends of the deliveries in it. After the table was written: those in it have ended.
alter table deliveries set (fillfactor = 50);

-- What was leased together, a row for each claim: how the deliveries of a process that died are found (delivery-leases.ts).
create table delivery_leases (
  process_id text collate "C" not null,
  delivery_ids text[] collate "C" not null
);
create index delivery_leases_by_process on delivery_leases (process_id);
-- False: a process of an older version, which enters no leases there.
alter table processes add column enters_leases boolean not null default false;
