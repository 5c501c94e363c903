-- The first schema: accounts, keys, webhooks, jobs, deliveries, attempts, processes.
-- Times are Unix milliseconds, ids are UUIDv7 text, JSON and bodies are text exactly as it was written.

create table meta (
  name text primary key,
  value text not null
) strict, without rowid;

create table accounts (
  id text primary key,
  name text not null unique,
  job_webhook_mode text not null default 'instead' check (job_webhook_mode in ('instead', 'also')),
  created_at integer not null
) strict;

create table api_keys (
  id text primary key,
  account_id text not null references accounts (id),
  name text not null,
  prefix text not null,
  hash text not null unique,
  created_at integer not null,
  revoked_at integer
) strict;
create index api_keys_by_account on api_keys (account_id, id);

create table webhooks (
  id text primary key,
  account_id text not null references accounts (id),
  name text not null,
  enabled integer not null default 0,
  disabled_reason text,
  url text,
  include_result integer not null default 0,
  sealed_secret text,
  sealed_previous_secret text,
  previous_secret_until integer,
  created_at integer not null,
  updated_at integer not null,
  unique (account_id, name)
) strict;

create table jobs (
  id text primary key,
  account_id text not null references accounts (id),
  type text not null,
  status text not null check (status in ('new', 'pending', 'success', 'failed')),
  input text not null,
  result text,
  error_code text,
  error_message text,
  job_webhook_url text,
  attempts integer not null default 0,
  -- null: leased, or finished
  due_at integer,
  leased_by text,
  created_at integer not null,
  started_at integer,
  finished_at integer
) strict;
create index jobs_by_account on jobs (account_id, id);
create index jobs_due on jobs (due_at) where due_at is not null;
create index jobs_leased on jobs (leased_by) where leased_by is not null;

create table deliveries (
  id text primary key,
  account_id text not null references accounts (id),
  -- null: a job webhook, whose address is in url
  webhook_id text references webhooks (id),
  -- null: a test
  job_id text references jobs (id),
  job_type text not null,
  job_status text not null,
  trigger text not null check (trigger in ('job', 'test')),
  status text not null check (status in ('waiting', 'sending', 'delivered', 'failed', 'discarded')),
  url text,
  attempt_count integer not null default 0,
  failure_count integer not null default 0,
  -- null: not waiting
  next_attempt_at integer,
  leased_by text,
  last_cause text,
  created_at integer not null,
  finished_at integer,
  body text not null
) strict;
create index deliveries_by_account on deliveries (account_id, id);
create index deliveries_by_job on deliveries (job_id);
create index deliveries_due on deliveries (next_attempt_at) where next_attempt_at is not null;
create index deliveries_leased on deliveries (leased_by) where leased_by is not null;

create table attempts (
  delivery_id text not null references deliveries (id),
  number integer not null,
  started_at integer not null,
  cause text,
  message text,
  url text not null,
  request_headers text not null,
  response_status integer,
  response_headers text,
  response_body text,
  response_truncated integer not null default 0,
  remote_address text,
  dns_ms real,
  connect_ms real,
  tls_ms real,
  first_byte_ms real,
  total_ms real not null,
  primary key (delivery_id, number)
) strict;

create table processes (
  id text primary key,
  host text not null,
  pid integer not null,
  started_at integer not null,
  expires_at integer not null
) strict;
