-- The owner of the tables, whom the process that serves pages never is, keeps the rows.
-- reads: nothing
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY keep_as_owner ON {table} FOR ALL TO CURRENT_USER USING (true) WITH CHECK (true)
