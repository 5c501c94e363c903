-- Jobs that asked at their dispatch for payloads that go earlier than the server's do.

-- how long after the last end of the job and its deliveries; null: as long as the server keeps them
alter table jobs add column payload_retention_ms integer;
-- when to look whether they may go; null once they went, and for all other jobs, which the index does not have
alter table jobs add column payload_look_at integer;
create index jobs_payload_look on jobs (payload_look_at) where payload_look_at is not null;
