-- Takes the rows of the purpose in force away, before the new ones come in the same transaction; the policy keeps to it.
-- reads: nothing
-- writes: the table
-- grain: one table
-- parameters: table (a name of our own)
DELETE FROM {table}
