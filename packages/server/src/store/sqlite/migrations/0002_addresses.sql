-- Isolation and recovery: every delivery belongs to an address, and what is due is found by address. A paused address
-- is one row that the claim passes by, however many deliveries wait for it.

create table addresses (
  -- a webhook's id; for job webhooks a hash of account and origin
  id text primary key,
  account_id text not null references accounts (id),
  webhook_id text references webhooks (id),
  origin text,
  -- see address-health.ts
  state text not null default 'healthy' check (state in ('healthy', 'failing', 'disabled')),
  -- the state the account was last told of
  told_state text not null default 'healthy' check (told_state in ('healthy', 'failing', 'disabled')),
  failures integer not null default 0,
  failing_since integer,
  last_success_at integer,
  paused_until integer,
  last_cause text,
  -- when the claim may look at it next: the earliest of its waiting deliveries, but not before its pause ends and its
  -- rate allows; null: nothing waits
  ready_at integer,
  -- when its rate allows the next send (generic cell rate algorithm)
  rate_ready_at integer not null default 0,
  created_at integer not null
) strict;
create index addresses_ready on addresses (ready_at) where ready_at is not null;
create index addresses_untold on addresses (id) where told_state <> state;
create index addresses_by_account on addresses (account_id, id);

alter table webhooks add column purpose text not null default 'jobs' check (purpose in ('jobs', 'operations'));
-- Every account has one webhook that is told what happens to the others.
insert into webhooks (id, account_id, name, purpose, created_at, updated_at)
  select lower(printf('%s-%s-7%s-8%s-%s', substr(h, 1, 8), substr(h, 9, 4), substr(h, 13, 3), substr(h, 16, 3), substr(h, 19, 12))),
    id, 'operational', 'operations', created_at, created_at
  from (select id, created_at, hex(randomblob(16)) as h from accounts);

insert into addresses (id, account_id, webhook_id, created_at)
  select id, account_id, id, created_at from webhooks;
-- Job webhooks from before: their account stands for the address until they have ended.
insert into addresses (id, account_id, created_at)
  select distinct account_id, account_id, 0 from deliveries where webhook_id is null;

alter table webhooks add column job_types text;
alter table webhooks add column job_statuses text;
alter table webhooks add column headers text;
alter table webhooks add column retry_schedule text;
alter table webhooks add column rate_limit_per_second integer;
alter table webhooks add column deleted_at integer;

-- trigger gets the value 'event'; a check cannot be changed in place
alter table deliveries drop column trigger;
alter table deliveries add column trigger text not null default 'job' check (trigger in ('job', 'test', 'event'));
update deliveries set trigger = 'test' where job_id is null;
alter table deliveries add column address_id text;
alter table deliveries add column resend integer not null default 0;
alter table deliveries add column delivered_at integer;
update deliveries set address_id = coalesce(webhook_id, account_id),
  delivered_at = case when status = 'delivered' then finished_at end;
update addresses set ready_at = (select min(next_attempt_at) from deliveries d
  where d.address_id = addresses.id and d.next_attempt_at is not null);

drop index deliveries_due;
create index deliveries_due on deliveries (address_id, next_attempt_at) where next_attempt_at is not null;
-- Recovery goes through what ended without success, by time.
create index deliveries_ended_badly on deliveries (account_id, created_at, id) where status in ('failed', 'discarded');

alter table attempts add column resend integer not null default 0;
