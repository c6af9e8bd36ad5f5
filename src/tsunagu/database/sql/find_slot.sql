-- Up to where our receiver has the log; the server keeps what comes after it.
-- reads: the cluster's replication slots
-- writes: nothing
-- grain: one row, or none
-- parameters: slot
SELECT restart_lsn::text FROM pg_replication_slots WHERE slot_name = $slot
