-- Everybody sees their own rows. Unset or empty context: nobody, so no rows.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY see_own ON {table} FOR SELECT
USING (staff_id = (SELECT nullif(current_setting('tsunagu.staff_id', true), '')::bigint))
