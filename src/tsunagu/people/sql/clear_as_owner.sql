-- The owner of the tables takes all rows away before a load; it reads none.
-- reads: nothing
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY clear_as_owner ON {table} FOR DELETE TO CURRENT_USER USING (true)
