-- Dispatching: keys that make a dispatch happen once, and a rate limit of an account's own.
-- The same tables and columns as the SQLite engine.

create table idempotency_keys (
  account_id text collate "C" not null,
  key text collate "C" not null,
  -- SHA-256 over all that decides what the job is
  fingerprint text not null,
  job_id text collate "C" not null,
  created_at bigint not null,
  primary key (account_id, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);

-- null: what the server allows by default
alter table accounts add column requests_per_minute integer;

-- Failed jobs are found without a walk through all that went well. Others are not in it, and cost nothing more.
create index jobs_by_bad_end on jobs (account_id, id) where status = 'failed';
