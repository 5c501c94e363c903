-- Signing in to the dashboard: one-time links, and the sessions that they and API keys begin.

create table sign_in_links (
  -- SHA-256 of the token, lower-case hex
  hash text primary key,
  account_id text not null references accounts (id),
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;

create table sessions (
  id text primary key,
  account_id text not null references accounts (id),
  -- SHA-256 of the token in the cookie, lower-case hex
  hash text not null unique,
  -- the key it was begun with, and ends with; null: a sign-in link
  api_key_id text references api_keys (id),
  user_agent text,
  address text,
  created_at integer not null,
  seen_at integer not null,
  expires_at integer not null
) strict;
create index sessions_by_account on sessions (account_id, id);
create index sessions_by_expiry on sessions (expires_at);
