-- Which run is in force, with its figures, for whoever may act for its purpose.
-- reads: the session's context, access_purposegrant
-- writes: the table's policies
-- grain: one policy
CREATE POLICY see_run ON cases_run FOR SELECT USING (
    purpose = current_setting('tsunagu.purpose', true)
    AND EXISTS (
        SELECT 1 FROM access_purposegrant AS g
        WHERE g.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND g.purpose = current_setting('tsunagu.purpose', true)
            AND g.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (g.valid_to IS NULL OR g.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
    )
)
