-- Above every right: a row that is kept for one purpose is seen for that purpose alone. Without any purpose no right
-- holds, so nothing is left open for whoever has no context.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY match_purpose ON {table} AS RESTRICTIVE FOR SELECT
USING (coalesce(current_setting('tsunagu.purpose', true), '') IN ('', purpose))
