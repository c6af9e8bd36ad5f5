-- Whoever a child is assigned to sees who opened it (`own_children`); a team's supervisor, of the team's (`team`). Never
-- of a child they are sealed off from. The children are listed once a statement, as the trail writes them.
-- reads: the session's context, access_purposegrant, access_relationship, access_roleassignment, access_rolelog, access_seal
-- writes: the table's policies
-- grain: one policy
-- parameters: shown (how the trail writes x.person_id)
CREATE POLICY see_own_children ON audit_row FOR SELECT USING (
    object_kind = 'child'
    AND EXISTS (
        SELECT 1 FROM access_purposegrant AS g
        WHERE g.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND g.purpose = current_setting('tsunagu.purpose', true)
            AND g.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (g.valid_to IS NULL OR g.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
    )
    AND object_id IN (
        SELECT {shown} FROM access_relationship AS x
        JOIN access_roleassignment AS a
            ON x.staff_id = a.staff_id OR (x.scope_kind = a.scope_kind AND x.scope_id = a.scope_id)
        JOIN access_rolelog AS l ON l.role = a.role
        WHERE ((l.log = 'own_children' AND x.kind = 'assigned') OR (l.log = 'team' AND x.kind = 'team'))
            AND x.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (x.valid_to IS NULL OR x.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
            AND a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
            AND NOT EXISTS (
                SELECT 1 FROM access_seal AS s
                WHERE s.person_id = x.person_id
                    AND s.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
                    AND (s.valid_to IS NULL OR s.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
            )
    )
)
