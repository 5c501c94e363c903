-- Addresses survive kills and clocks that are set: who has the probe of a failing address, and from when its pause and
-- its count of days without success are reckoned.
-- The same tables and columns as the SQLite engine.

alter table addresses
  -- the process that has the probe under way; when it dies, another may probe at once
  add column probed_by text collate "C",
  -- when the last failure was that counted
  add column last_failure_at bigint;
update addresses set last_failure_at = failing_since;
