-- Whom somebody decided to look after again is seen for the purpose in force by whose roles have to do with such children.
-- reads: the session's context, access_purposegrant, access_roleassignment, access_roleright
-- writes: the table's policies
-- grain: one policy
CREATE POLICY see_followed ON access_followed FOR SELECT USING (
    purpose = current_setting('tsunagu.purpose', true)
    AND (ends_on IS NULL OR ends_on > nullif(current_setting('tsunagu.on_date', true), '')::date)
    AND EXISTS (
        SELECT 1 FROM access_purposegrant AS g
        WHERE g.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND g.purpose = current_setting('tsunagu.purpose', true)
            AND g.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (g.valid_to IS NULL OR g.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
    )
    AND EXISTS (
        SELECT 1 FROM access_roleassignment AS a
        JOIN access_roleright AS r ON r.role = a.role AND r.reach = 'followed'
        WHERE a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
            AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
    )
)
