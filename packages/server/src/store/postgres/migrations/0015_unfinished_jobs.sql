-- Jobs that wait or run are few among many and are listed by people who look for what hangs. Retention: by which time it
-- deletes, so that a clock that is ahead by mistake deletes nothing.

create index jobs_unfinished on jobs (account_id, created_at, id) where finished_at is null;

create table retention_clock (
  id integer primary key check (id = 1),
  -- the last time that was believed; null: none yet. Before the first look, that of the newest job
  trusted_at bigint,
  -- when somebody looked last, by the clock as it was
  seen_at bigint not null default 0,
  -- for how long a clock that has jumped ahead has run on since
  doubted_ms bigint not null default 0
);
insert into retention_clock (id, trusted_at) values (1, (select created_at from jobs order by id desc limit 1));
