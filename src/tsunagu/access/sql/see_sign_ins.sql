-- Administrators of the day see how people sign in, and nothing anybody does afterwards.
-- reads: the session's context, access_administratorship
-- writes: the table's policies
-- grain: one policy
CREATE POLICY see_sign_ins ON audit_row FOR SELECT USING (
    act ~ '^(sign_in|sign_out|session|two_step|password|passkey|operator)([.]|$)'
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
