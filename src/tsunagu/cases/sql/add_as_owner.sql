-- The owner of the tables, whom the process that serves pages never is, adds rows.
-- reads: nothing
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY add_as_owner ON {table} FOR INSERT TO CURRENT_USER WITH CHECK (true)
