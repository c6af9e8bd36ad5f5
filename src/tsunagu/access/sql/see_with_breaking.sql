-- Whoever sees an emergency opening sees what was said of it.
-- reads: access_breaking, by its own policies
-- writes: the table's policies
-- grain: one policy
CREATE POLICY see_with_breaking ON access_breakingentry FOR SELECT
USING (EXISTS (SELECT 1 FROM access_breaking AS o WHERE o.id = access_breakingentry.breaking_id))
