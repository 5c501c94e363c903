-- The end of a job writes its entries in these indexes a second time: in a page with room for it, without first looking
-- for old entries to remove. They are as large as before, because pages were split for it. New pages only.
alter index jobs_pkey set (fillfactor = 50);
alter index jobs_by_account set (fillfactor = 50);
-- What is leased together, up to 200 ids, fits on a page as it is: compressing it took longer than writing it.
alter table delivery_leases set (toast_tuple_target = 8160);
