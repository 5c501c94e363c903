-- Retention: what is old is deleted, or loses its payloads; how far each search for it has come.
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
