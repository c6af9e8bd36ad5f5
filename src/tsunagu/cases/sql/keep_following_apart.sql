-- The way back of `follow_when_written`.
-- reads: nothing
-- writes: the table's triggers
-- grain: one trigger
-- parameters: table (a name of our own)
DROP TRIGGER follow_when_written ON {table}
