-- From now on only what a policy allows is seen, by the owner of the table as well.
-- reads: nothing
-- writes: the table's settings
-- grain: one table
-- parameters: table (a name of our own)
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY
