-- Uploaded documents of jobs, in chunks: an upload goes to disk as it comes, and never whole through memory.

create table documents (
  id text primary key,
  account_id text not null references accounts (id),
  -- chosen before the job is written, which comes last
  job_id text not null,
  created_at integer not null,
  -- when to look whether it is still needed (jobs/document-sweeper.ts)
  sweep_at integer not null
) strict;
create index documents_due on documents (sweep_at);

create table document_chunks (
  document_id text not null references documents (id),
  number integer not null,
  bytes blob not null,
  primary key (document_id, number)
) strict;
