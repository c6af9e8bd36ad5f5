-- Whether the context's purpose is granted, and one of the roles of the day has the right over the child. It is put
-- into policies without its SELECT, so that the planner asks what is the same for all rows once and hashes the rest.
-- Where a child belongs is asked only if a role has to do with that at all, and compared with a list of the roles' places
-- that is made once: joined to the roles, every row of a search would look through them again.
-- reads: the session's context, access_purposegrant, access_roleassignment, access_roleright, access_belonging, access_relationship,
--   access_listed, access_followed
-- grain: one row of the table
-- parameters: table, permission (names of our own), also (a further condition on the role `a`, or nothing),
-- broken (what `holds_by_breaking` says, or nothing)
SELECT EXISTS (
    SELECT 1 FROM access_purposegrant AS g
    WHERE g.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
        AND g.purpose = current_setting('tsunagu.purpose', true)
        AND g.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
        AND (g.valid_to IS NULL OR g.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
) AND (
    EXISTS (
        SELECT 1 FROM access_roleassignment AS a
        JOIN access_roleright AS r ON r.role = a.role
        WHERE a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
            AND r.permission = '{permission}'{also} AND r.reach = 'everyone' AND a.scope_kind IN ('municipality', 'team')
    )
    OR EXISTS (
        SELECT 1 FROM (
            SELECT person_id, purpose, 'listed' AS reach FROM access_listed
            WHERE expires_on > nullif(current_setting('tsunagu.on_date', true), '')::date
            UNION ALL
            SELECT person_id, purpose, 'followed' AS reach FROM access_followed
            WHERE ends_on IS NULL OR ends_on > nullif(current_setting('tsunagu.on_date', true), '')::date
        ) AS l
        JOIN access_roleassignment AS a
            ON a.scope_kind IN ('municipality', 'team')
            OR EXISTS (
                SELECT 1 FROM access_belonging AS b
                WHERE b.person_id = l.person_id AND b.scope_kind = a.scope_kind AND b.scope_id = a.scope_id
            )
        JOIN access_roleright AS r ON r.role = a.role
        WHERE l.person_id = {table}.person_id
            AND l.purpose = current_setting('tsunagu.purpose', true)
            AND a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
            AND r.permission = '{permission}'{also} AND r.reach = l.reach
    )
    OR EXISTS (
        SELECT 1 FROM access_roleassignment AS a
        JOIN access_roleright AS r ON r.role = a.role
        WHERE a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND r.permission = '{permission}'
            AND (
                r.reach = 'before_school'
                OR (r.reach IN ('everyone', 'place') AND a.scope_kind <> 'municipality')
            )
    )
    AND EXISTS (
        SELECT 1 FROM access_belonging AS b
        WHERE b.person_id = {table}.person_id
            AND (
                (b.scope_kind <> 'municipality' AND (b.scope_kind, b.scope_id) IN (
                    SELECT a.scope_kind, a.scope_id
                    FROM access_roleassignment AS a
                    JOIN access_roleright AS r ON r.role = a.role
                    WHERE a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
                        AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
                        AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
                        AND r.permission = '{permission}'{also} AND r.reach IN ('everyone', 'place')
                ))
                OR (b.is_before_school AND (b.scope_kind, b.scope_id) IN (
                    SELECT
                        CASE WHEN a.scope_kind = 'team' THEN 'municipality' ELSE a.scope_kind END,
                        CASE WHEN a.scope_kind = 'team' THEN '' ELSE a.scope_id END
                    FROM access_roleassignment AS a
                    JOIN access_roleright AS r ON r.role = a.role
                    WHERE a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
                        AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
                        AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
                        AND r.permission = '{permission}'{also} AND r.reach = 'before_school'
                ))
            )
    )
    OR EXISTS (
        SELECT 1 FROM access_relationship AS x
        JOIN access_roleassignment AS a
            ON x.staff_id = a.staff_id OR (x.scope_kind = a.scope_kind AND x.scope_id = a.scope_id)
        JOIN access_roleright AS r ON r.role = a.role AND r.reach = x.kind
        WHERE x.person_id = {table}.person_id
            AND x.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (x.valid_to IS NULL OR x.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
            AND a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
            AND r.permission = '{permission}'{also}
    )
    {broken}
)
