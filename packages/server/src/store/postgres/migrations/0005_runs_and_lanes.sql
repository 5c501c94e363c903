-- Runs with their usage, lanes that pause and recover, caps and turns between accounts, cancelling.
-- The same tables and columns as the SQLite engine.

create table lanes (
  -- 'offline', or a provider with its model (models/lane-of.ts)
  id text collate "C" primary key,
  -- who takes its jobs: the runners of this server, or an account's own workers
  served_by text not null default 'runner' check (served_by in ('runner', 'worker')),
  -- see lane-health.ts
  state text not null default 'healthy' check (state in ('healthy', 'failing')),
  failures integer not null default 0,
  limits integer not null default 0,
  paused_until bigint,
  -- the process that has the probe under way; when it dies, another may probe at once
  probed_by text collate "C",
  -- the account that the last claim gave a turn to; the next one begins behind it
  turn text collate "C" not null default '',
  created_at bigint not null
);
insert into lanes (id, created_at) values ('offline', 0);

alter table jobs add column lane text collate "C" not null default 'offline';
-- runs: how often it was started. attempts: those of them that count against the provider's retries.
alter table jobs add column runs integer not null default 0;
-- ends of processes while it was running
alter table jobs add column interruptions integer not null default 0;
alter table jobs add column cancel_requested_at bigint;
update jobs set runs = attempts where status in ('new', 'pending');

-- Claims find jobs by lane and account; jobs_due stays for the question when the next one is due.
create index jobs_waiting on jobs (lane, account_id, due_at) where due_at is not null;
-- What runs, for the caps: small, because it holds nothing but leased jobs.
drop index jobs_leased;
create index jobs_leased on jobs (leased_by, account_id, lane) where leased_by is not null;
create index jobs_cancelling on jobs (leased_by) where cancel_requested_at is not null and leased_by is not null;

create table job_runs (
  job_id text collate "C" not null,
  -- the job's runs as it began
  number integer not null,
  account_id text collate "C" not null,
  started_at bigint not null,
  ended_at bigint not null,
  -- 'success', or the code of what ended the run
  outcome text not null,
  provider text,
  model text,
  -- JSON array of every call, see job-runs.ts
  calls text not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cached_tokens bigint not null,
  reasoning_tokens bigint not null,
  -- millionths of a US dollar; null: at least one call has no known price
  cost_micro_usd bigint,
  primary key (job_id, number)
);

create table usage_months (
  account_id text collate "C" not null,
  -- UTC, as '2026-11'
  month text not null,
  -- rows that are added up: so that writers do not wait for each other (PostgreSQL)
  shard integer not null,
  words bigint not null,
  calls bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cached_tokens bigint not null,
  reasoning_tokens bigint not null,
  cost_micro_usd bigint not null,
  -- runs whose cost is not known and not in the sum
  unpriced_runs bigint not null,
  primary key (account_id, month, shard)
);
