-- What went wrong is found without a walk through all that went well. Deliveries that arrive at the first attempt are
-- in neither index, and cost nothing more.

create index deliveries_by_cause on deliveries (account_id, last_cause, id) where last_cause is not null;
create index deliveries_by_bad_end on deliveries (account_id, status, id) where status in ('failed', 'discarded');
