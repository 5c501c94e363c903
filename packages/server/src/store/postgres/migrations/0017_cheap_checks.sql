-- Nothing: the migration of this number changes how SQLite checks the words of a status. PostgreSQL compares them.
select 1;
