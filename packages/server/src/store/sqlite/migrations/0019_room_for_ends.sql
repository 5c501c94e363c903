-- Nothing: the migration of this number changes how PostgreSQL fills its pages.
select 1;
