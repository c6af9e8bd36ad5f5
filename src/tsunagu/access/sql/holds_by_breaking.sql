-- Whether whoever acts has opened the child in an emergency: for the purpose in force, for some hours by the server's
-- clock, not ended by them and not stopped by whoever looked into it, with a role of the day that still may. It is put
-- into `holds_right` without its SELECT.
-- reads: the session's context, access_breaking, access_breakingentry, access_roleassignment, access_roleright
-- grain: one row of the table
-- parameters: table (a name of our own), also (a further condition on the role `a`, or nothing)
SELECT EXISTS (
    SELECT 1 FROM access_breaking AS o
    JOIN access_roleassignment AS a ON a.staff_id = o.staff_id
    JOIN access_roleright AS r ON r.role = a.role AND r.permission = 'break_glass'
    WHERE o.person_id = {table}.person_id
        AND o.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
        AND o.purpose = current_setting('tsunagu.purpose', true)
        AND o.begins_at <= statement_timestamp() AND o.ends_at > statement_timestamp()
        AND NOT EXISTS (
            SELECT 1 FROM access_breakingentry AS e WHERE e.breaking_id = o.id AND e.kind IN ('ended', 'improper')
        )
        AND a.valid_from <= nullif(current_setting('tsunagu.on_date', true), '')::date
        AND (a.valid_to IS NULL OR a.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date){also}
)
