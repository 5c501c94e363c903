-- Uploaded documents of jobs, in chunks: an upload goes to disk as it comes, and never whole through memory.
-- The same tables and columns as the SQLite engine.

create table documents (
  id text collate "C" primary key,
  account_id text collate "C" not null references accounts (id),
  -- chosen before the job is written, which comes last
  job_id text collate "C" not null,
  created_at bigint not null,
  -- when to look whether it is still needed (jobs/document-sweeper.ts)
  sweep_at bigint not null
);
create index documents_due on documents (sweep_at);

create table document_chunks (
  document_id text collate "C" not null references documents (id),
  number integer not null,
  bytes bytea not null,
  primary key (document_id, number)
);
-- Documents are compressed already; trying again would cost time and save nothing.
alter table document_chunks alter column bytes set storage external;
