-- Who asked sees it; work that is not about one child, whoever may see the state of the data as well.
-- reads: the session's context, access_roleassignment, access_roleright
-- writes: the table's policies
-- grain: one policy
CREATE POLICY see_work ON jobs_work FOR SELECT USING (
    asked_by_id = (SELECT nullif(current_setting('tsunagu.staff_id', true), '')::bigint)
    OR (
        kind <> 'fetch_child'
        AND EXISTS (
            SELECT 1 FROM access_roleassignment AS a
            JOIN access_roleright AS r ON r.role = a.role
            WHERE a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
                AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
                AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
                AND r.permission = 'data_state' AND r.reach = 'everyone'
        )
    )
)
