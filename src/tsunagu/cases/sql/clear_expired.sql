-- Takes away what has expired on the day in force; the policy keeps to it.
-- reads: nothing
-- writes: the table
-- grain: one table
-- parameters: table (a name of our own)
DELETE FROM {table}
