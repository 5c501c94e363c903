-- How many jobs the workers of an account have at this moment, for the cap.
create index jobs_held_by_workers on jobs (account_id) where leased_by is not null and lane = 'workers';
