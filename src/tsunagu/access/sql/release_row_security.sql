-- Takes `force_row_security` back, when the table is on its way out.
-- reads: nothing
-- writes: the table's settings
-- grain: one table
-- parameters: table (a name of our own)
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY
