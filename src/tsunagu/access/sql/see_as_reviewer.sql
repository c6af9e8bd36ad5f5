-- Whoever has a role of the day that looks into emergency openings sees the row, whatever the purpose.
-- reads: the session's context, access_roleassignment, access_roleright
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY see_as_reviewer ON {table} FOR SELECT USING (EXISTS (
    SELECT 1 FROM access_roleassignment AS a
    JOIN access_roleright AS r ON r.role = a.role AND r.permission = 'review_breaking'
    WHERE a.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
        AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
        AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
))
