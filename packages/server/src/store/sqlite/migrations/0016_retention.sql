-- Retention: what is old is deleted, or loses its payloads; how far each search for it has come.

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
