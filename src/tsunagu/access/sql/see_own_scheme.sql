-- Who coordinates a scheme sees what was done for its purpose: the one in force, which must be granted.
-- reads: the session's context, access_purposegrant, access_roleassignment, access_rolelog
-- writes: the table's policies
-- grain: one policy
CREATE POLICY see_own_scheme ON audit_row FOR SELECT USING (
    purpose = current_setting('tsunagu.purpose', true)
    AND EXISTS (
        SELECT 1 FROM access_purposegrant AS g
        WHERE g.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND g.purpose = current_setting('tsunagu.purpose', true)
            AND g.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (g.valid_to IS NULL OR g.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
    )
    AND EXISTS (
        SELECT 1 FROM access_roleassignment AS a
        JOIN access_rolelog AS l ON l.role = a.role
        WHERE l.log = 'own_scheme' AND a.scope_kind = 'municipality'
            AND a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
    )
)
