-- Lets one replacement of a child at a time happen; the next one waits until this transaction ends.
-- reads: nothing
-- grain: one row, of no interest
-- parameters: $person_id
SELECT pg_advisory_xact_lock($person_id)
