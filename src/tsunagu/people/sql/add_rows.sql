-- Adds rows of one table, all of them in one statement.
-- reads: nothing
-- writes: the table
-- grain: one row of the table
-- parameters: $rows (a JSON array of objects); table, columns (names of our own)
INSERT INTO {table} ({columns})
SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, $rows::jsonb)
