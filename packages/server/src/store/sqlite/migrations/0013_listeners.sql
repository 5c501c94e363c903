-- Laptops that listen: a listener gets copies of an account's deliveries over a connection of its own, while it is there.
-- The server never connects to it, so it is no webhook and has no row in addresses: no claim of a courier sees it.

create table listeners (
  id text primary key,
  account_id text not null references accounts (id),
  -- what the laptop calls itself
  name text not null,
  -- where the laptop forwards to, without a password; for the record only
  url text not null,
  -- the webhook it stands for; null: the whole account, signed like a job webhook
  webhook_id text references webhooks (id),
  job_types text,
  -- a secret of its own, for an account whose webhook has none
  sealed_secret text,
  -- the stream that is open now, or was last
  connection text,
  created_at integer not null,
  -- a listener that was not heard of until then is forgotten
  expires_at integer not null
) strict;
create index listeners_by_account on listeners (account_id, id);

-- null: not the copy of a listener. The listener itself may be gone.
alter table deliveries add column listener_id text;
-- What waits for listeners, which are few, so that what waits for one that is gone is found.
create index deliveries_of_listeners on deliveries (listener_id) where listener_id is not null and next_attempt_at is not null;
