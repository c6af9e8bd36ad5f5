-- Whoever is signed in sees the row.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY see_with_context ON {table} FOR SELECT
USING (nullif(current_setting('tsunagu.staff_id', true), '') IS NOT NULL)
