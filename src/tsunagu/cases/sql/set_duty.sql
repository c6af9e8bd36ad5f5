-- Whose role says who is in charge of children says who is on duty, in their own name.
-- reads: the session's context, access_roleassignment, access_roleright
-- writes: the table's policies
-- grain: one policy
CREATE POLICY set_duty ON cases_duty FOR INSERT WITH CHECK (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND EXISTS (
        SELECT 1 FROM access_roleassignment AS a
        JOIN access_roleright AS r ON r.role = a.role
        WHERE a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND r.permission = 'assign'
            AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
    )
)
