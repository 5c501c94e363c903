-- Retention: what is old is deleted, or loses its payloads; how far each search for it has come. Notices: what accounts
-- are told of failed deliveries and of days without success.

-- when input, result and bodies were removed; null: they are there
alter table jobs add column payload_removed_at integer;
alter table deliveries add column payload_removed_at integer;

create table retention_passes (
  name text primary key,
  -- the last id that was looked at; empty at the beginning
  place text not null default '',
  begun_at integer not null default 0
) strict, without rowid;
insert into retention_passes (name) values ('jobs'), ('job_payloads'), ('deliveries'), ('delivery_payloads');

create index documents_by_job on documents (job_id);

-- What an account was told of an address besides its state, and when last.
create table address_notices (
  address_id text not null references addresses (id),
  kind text not null,
  told_at integer not null,
  primary key (address_id, kind)
) strict, without rowid;
create index deliveries_failed on deliveries (finished_at) where status = 'failed';
create index addresses_failing on addresses (failing_since) where state = 'failing';
