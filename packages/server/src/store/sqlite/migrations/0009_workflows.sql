-- Job types that accounts define (workflows) with every definition they have had, and the lane of jobs that an account's
-- own workers run instead of this server.

create table workflows (
  id text primary key,
  account_id text not null references accounts (id),
  slug text not null,
  -- the job type; kept when the workflow is deleted, because its jobs may still wait
  type text not null,
  is_active integer not null,
  -- the number of its present version
  version integer not null,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer,
  unique (account_id, slug)
) strict;
create index workflows_by_type on workflows (account_id, type);

-- Never changed and never deleted: jobs run with the version that they were accepted with.
create table workflow_versions (
  id text primary key,
  workflow_id text not null references workflows (id),
  number integer not null,
  definition text not null,
  created_at integer not null,
  unique (workflow_id, number)
) strict;

insert into lanes (id, served_by, created_at) values ('workers', 'worker', 0);
-- Workers ask for jobs of their account by type.
create index jobs_for_workers on jobs (account_id, type, due_at) where due_at is not null and lane = 'workers';
