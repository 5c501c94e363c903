-- Lists are ordered by the time of creation, so that a range of time is a range of their index, and what they filter by
-- that never changes stands in the index too: a walk along it reads no row that it does not give.
-- The same indexes as the SQLite engine.

drop index deliveries_by_account;
create index deliveries_by_account on deliveries (account_id, created_at, id, job_type, webhook_id, trigger);
drop index deliveries_by_cause;
create index deliveries_by_cause on deliveries (account_id, last_cause, created_at, id) where last_cause is not null;
drop index deliveries_by_bad_end;
create index deliveries_by_bad_end on deliveries (account_id, status, created_at, id) where status in ('failed', 'discarded');
-- Deliveries that are sent at once are not in it, and cost nothing more.
create index deliveries_waiting on deliveries (account_id, created_at, id) where status = 'waiting';

drop index jobs_by_account;
create index jobs_by_account on jobs (account_id, created_at, id, type);
drop index jobs_by_bad_end;
create index jobs_by_bad_end on jobs (account_id, created_at, id) where status = 'failed';
