-- Signing in to the dashboard: one-time links, and the sessions that they and API keys begin.
-- The same tables and columns as the SQLite engine.

create table sign_in_links (
  -- SHA-256 of the token, lower-case hex
  hash text primary key,
  account_id text collate "C" not null references accounts (id),
  created_at bigint not null,
  expires_at bigint not null
);

create table sessions (
  id text collate "C" primary key,
  account_id text collate "C" not null references accounts (id),
  -- SHA-256 of the token in the cookie, lower-case hex
  hash text not null unique,
  -- the key it was begun with, and ends with; null: a sign-in link
  api_key_id text collate "C" references api_keys (id),
  user_agent text,
  address text,
  created_at bigint not null,
  seen_at bigint not null,
  expires_at bigint not null
);
create index sessions_by_account on sessions (account_id, id);
create index sessions_by_expiry on sessions (expires_at);
