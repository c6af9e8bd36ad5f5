-- Whoever sees an emergency opening sees what was read under it: each such row names it.
-- reads: access_breaking, by its own policies
-- writes: the table's policies
-- grain: one policy
CREATE POLICY see_broken_acts ON audit_row FOR SELECT USING (
    relationship LIKE 'breaking/%'
    AND relationship IN (SELECT 'breaking/' || o.id::text FROM access_breaking AS o)
)
