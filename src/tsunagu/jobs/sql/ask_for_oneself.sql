-- One asks for oneself, for what one of the roles of the day has the right to; for a child, everybody.
-- reads: the session's context, access_roleassignment, access_roleright
-- writes: the table's policies
-- grain: one policy
-- parameters: rights (pairs of a kind and a right, names of our own)
CREATE POLICY ask_for_oneself ON jobs_work FOR INSERT WITH CHECK (
    asked_by_id = (SELECT nullif(current_setting('tsunagu.staff_id', true), '')::bigint)
    AND purpose = current_setting('tsunagu.purpose', true)
    AND (
        kind = 'fetch_child'
        OR EXISTS (
            SELECT 1 FROM access_roleassignment AS a
            JOIN access_roleright AS r ON r.role = a.role
            JOIN (VALUES {rights}) AS k (kind, permission) ON k.permission = r.permission
            WHERE k.kind = jobs_work.kind
                AND a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
                AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
                AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
                AND r.reach = 'everyone'
        )
    )
)
