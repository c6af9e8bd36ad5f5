-- Takes away what was noted of the copies of some children for one purpose.
-- reads: nothing
-- writes: the table
-- grain: one child
-- parameters: $persons, $purpose; table (a name of our own)
DELETE FROM {table} WHERE person_id = ANY ($persons::bigint[]) AND purpose = $purpose
