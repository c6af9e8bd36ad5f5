-- Takes every row away, before the new ones come in the same transaction.
-- reads: nothing
-- writes: the table
-- grain: one table
-- parameters: table (a name of our own)
DELETE FROM {table}
