-- The owner of the tables, whom the process that serves pages never is, reads the rows.
-- reads: nothing
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY read_as_owner ON {table} FOR SELECT TO CURRENT_USER USING (true)
