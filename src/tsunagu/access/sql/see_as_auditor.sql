-- Whoever has a role of the day that reads the whole trail, without names, sees the row.
-- reads: the session's context, access_roleassignment, access_rolelog
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY see_as_auditor ON {table} FOR SELECT USING (EXISTS (
    SELECT 1 FROM access_roleassignment AS a
    JOIN access_rolelog AS l ON l.role = a.role
    WHERE l.log = 'without_names'
        AND a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
        AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
        AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
))
