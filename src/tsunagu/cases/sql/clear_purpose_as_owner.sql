-- The owner of the tables takes the rows of the purpose in force away before a run replaces them; it reads none.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY clear_purpose_as_owner ON {table} FOR DELETE TO CURRENT_USER
USING (purpose = current_setting('tsunagu.purpose', true))
