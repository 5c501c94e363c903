-- Nothing: the migration of this number changes indexes of PostgreSQL, which writes all of a row's at every update that
-- touches one. SQLite writes those that change.
select 1;
