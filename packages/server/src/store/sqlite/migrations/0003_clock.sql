-- Addresses survive kills and clocks that are set: who has the probe of a failing address, and from when its pause and
-- its count of days without success are reckoned.

-- the process that has the probe under way; when it dies, another may probe at once
alter table addresses add column probed_by text;
-- when the last failure was that counted
alter table addresses add column last_failure_at integer;
update addresses set last_failure_at = failing_since;
