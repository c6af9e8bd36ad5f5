-- Up to where the log is written.
-- reads: the server's own state
-- writes: nothing
-- grain: one row
SELECT pg_current_wal_insert_lsn()::text
