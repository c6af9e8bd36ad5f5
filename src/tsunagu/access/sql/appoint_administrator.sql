-- An administrator of the day appoints another; nobody becomes one by their own hand.
-- reads: the session's context, access_administratorship
-- writes: the table's policies
-- grain: one policy
CREATE POLICY appoint_administrator ON access_administratorship FOR INSERT
WITH CHECK (
    staff_id <> nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND EXISTS (
        SELECT 1 FROM access_administratorship AS term
        WHERE term.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND term.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (
                term.valid_to IS NULL
                OR term.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date
            )
    )
)
