-- Above every right: a protected child's row stays closed, unless whoever holds the right to its contacts wrote a
-- reason in this request. What is protected now was so before: looking back opens nothing.
-- reads: the session's context, access_protection, access_unmasking, what `holds_right` reads
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own), holds (the condition), open (what is open in any case, or nothing)
CREATE POLICY mask_protected ON {table} AS RESTRICTIVE FOR SELECT USING (
    {open}NOT EXISTS (
        SELECT 1 FROM access_protection AS p
        WHERE p.person_id = {table}.person_id
            AND (p.valid_to IS NULL OR p.valid_to > nullif(current_setting('tsunagu.on_date', true), '')::date)
    )
    OR (
        EXISTS (
            SELECT 1 FROM access_unmasking AS u
            WHERE u.person_id = {table}.person_id
                AND u.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
                AND u.request_id = nullif(current_setting('tsunagu.request_id', true), '')::uuid
        )
        AND ({holds})
    )
)
