-- Jobs that asked at their dispatch for payloads that go earlier than the server's do.
-- The same columns as the SQLite engine.

-- how long after the last end of the job and its deliveries; null: as long as the server keeps them
alter table jobs add column payload_retention_ms bigint;
-- when to look whether they may go; null once they went, and for all other jobs, which the index does not have. No end of
-- a job or a delivery changes it.
alter table jobs add column payload_look_at bigint;
create index jobs_payload_look on jobs (payload_look_at) where payload_look_at is not null;
