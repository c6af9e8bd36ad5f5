-- Who belongs to the school, facility or district one's role is limited to; that a child is of the municipality,
-- everybody with a context.
-- reads: the session's context, access_roleassignment
-- writes: the table's policies
-- grain: one policy
CREATE POLICY see_own_places ON access_belonging FOR SELECT USING (
    nullif(current_setting('tsunagu.staff_id', true), '') IS NOT NULL
    AND (
        scope_kind = 'municipality'
        OR EXISTS (
            SELECT 1 FROM access_roleassignment AS a
            WHERE a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
                AND a.scope_kind = access_belonging.scope_kind AND a.scope_id = access_belonging.scope_id
        )
    )
)
