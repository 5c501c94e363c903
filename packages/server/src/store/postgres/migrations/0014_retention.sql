-- Retention: what is old is deleted, or loses its payloads; how far each search for it has come. Notices: what accounts
-- are told of failed deliveries and of days without success.
-- The same tables and columns as the SQLite engine.

-- when input, result and bodies were removed; null: they are there
alter table jobs add column payload_removed_at bigint;
alter table deliveries add column payload_removed_at bigint;

create table retention_passes (
  name text collate "C" primary key,
  -- the last id that was looked at; empty at the beginning
  place text collate "C" not null default '',
  begun_at bigint not null default 0
);
insert into retention_passes (name) values ('jobs'), ('job_payloads'), ('deliveries'), ('delivery_payloads');

create index documents_by_job on documents (job_id);

-- What an account was told of an address besides its state, and when last.
create table address_notices (
  address_id text collate "C" not null references addresses (id),
  kind text collate "C" not null,
  told_at bigint not null,
  primary key (address_id, kind)
);
create index deliveries_failed on deliveries (finished_at) where status = 'failed';
create index addresses_failing on addresses (failing_since) where state = 'failing';
