-- An administrator of the day takes back a term that has not begun yet; one that has begun is ended, never deleted.
-- reads: the session's context, access_administratorship
-- writes: the table's policies
-- grain: one policy
CREATE POLICY withdraw_administratorship ON access_administratorship FOR DELETE
USING (
    valid_from >= nullif(current_setting('tsunagu.on_date', true), '')::date
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
