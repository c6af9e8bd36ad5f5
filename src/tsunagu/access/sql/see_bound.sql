-- Whoever is bound by the row sees it: in person, or by a role in the same scope.
-- reads: the session's context, access_roleassignment
-- writes: the table's policies
-- grain: one policy
CREATE POLICY see_bound ON access_relationship FOR SELECT USING (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    OR EXISTS (
        SELECT 1 FROM access_roleassignment AS a
        WHERE a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND a.scope_kind = access_relationship.scope_kind AND a.scope_id = access_relationship.scope_id
    )
)
