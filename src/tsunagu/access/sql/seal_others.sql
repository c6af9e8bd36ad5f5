-- Administrators of the day tell of others.
-- reads: the session's context, access_administratorship
-- writes: the table's policies
-- grain: one policy
CREATE POLICY seal_others ON access_seal FOR INSERT WITH CHECK (
    sealed_by_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint AND NOT is_computed
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
