-- The first schema: accounts, keys, webhooks, jobs, deliveries, attempts, processes.
-- Times are Unix milliseconds, ids are UUIDv7 text, JSON and bodies are text exactly as it was written.
-- The same tables and columns as the SQLite engine; ids compare byte by byte (collate "C") as they do there.
--
-- The three tables that grow with every job have no foreign keys: checking them row by row took 40 % of the server's
-- time for a job (ADR 0003). The statements that insert there take the parents' ids from the parents' rows.

create table meta (
  name text primary key,
  value text not null
);

create table accounts (
  id text collate "C" primary key,
  name text not null unique,
  job_webhook_mode text not null default 'instead' check (job_webhook_mode in ('instead', 'also')),
  created_at bigint not null
);

create table api_keys (
  id text collate "C" primary key,
  account_id text collate "C" not null references accounts (id),
  name text not null,
  prefix text not null,
  hash text not null unique,
  created_at bigint not null,
  revoked_at bigint
);
create index api_keys_by_account on api_keys (account_id, id);

create table webhooks (
  id text collate "C" primary key,
  account_id text collate "C" not null references accounts (id),
  name text not null,
  enabled boolean not null default false,
  disabled_reason text,
  url text,
  include_result boolean not null default false,
  sealed_secret text,
  sealed_previous_secret text,
  previous_secret_until bigint,
  created_at bigint not null,
  updated_at bigint not null,
  unique (account_id, name)
);

create table jobs (
  id text collate "C" primary key,
  account_id text collate "C" not null,
  type text not null,
  status text not null check (status in ('new', 'pending', 'success', 'failed')),
  input text not null,
  result text,
  error_code text,
  error_message text,
  job_webhook_url text,
  attempts integer not null default 0,
  -- null: leased, or finished
  due_at bigint,
  leased_by text collate "C",
  created_at bigint not null,
  started_at bigint,
  finished_at bigint
);
create index jobs_by_account on jobs (account_id, id);
create index jobs_due on jobs (due_at) where due_at is not null;
create index jobs_leased on jobs (leased_by) where leased_by is not null;

create table deliveries (
  id text collate "C" primary key,
  account_id text collate "C" not null,
  -- null: a job webhook, whose address is in url
  webhook_id text collate "C",
  -- null: a test
  job_id text collate "C",
  job_type text not null,
  job_status text not null,
  trigger text not null check (trigger in ('job', 'test')),
  status text not null check (status in ('waiting', 'sending', 'delivered', 'failed', 'discarded')),
  url text,
  attempt_count integer not null default 0,
  failure_count integer not null default 0,
  -- null: not waiting
  next_attempt_at bigint,
  leased_by text collate "C",
  last_cause text,
  created_at bigint not null,
  finished_at bigint,
  body text not null
);
create index deliveries_by_account on deliveries (account_id, id);
create index deliveries_by_job on deliveries (job_id);
create index deliveries_due on deliveries (next_attempt_at) where next_attempt_at is not null;
create index deliveries_leased on deliveries (leased_by) where leased_by is not null;

create table attempts (
  delivery_id text collate "C" not null,
  number integer not null,
  started_at bigint not null,
  cause text,
  message text,
  url text not null,
  request_headers text not null,
  response_status integer,
  response_headers text,
  response_body text,
  response_truncated boolean not null default false,
  remote_address text,
  dns_ms double precision,
  connect_ms double precision,
  tls_ms double precision,
  first_byte_ms double precision,
  total_ms double precision not null,
  primary key (delivery_id, number)
);

create table processes (
  id text collate "C" primary key,
  host text not null,
  pid integer not null,
  started_at bigint not null,
  expires_at bigint not null
);
