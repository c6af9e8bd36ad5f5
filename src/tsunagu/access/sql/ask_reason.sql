-- Who does not hold the right in itself sees the row in a request in which a reason was written, and in no other.
-- reads: the session's context, access_unmasking, what `holds_right` reads
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own), holds (the condition)
CREATE POLICY ask_reason ON {table} AS RESTRICTIVE FOR SELECT USING (
    ({holds})
    OR EXISTS (
        SELECT 1 FROM access_unmasking AS u
        WHERE u.person_id = {table}.person_id
            AND u.staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
            AND u.request_id = nullif(current_setting('tsunagu.request_id', true), '')::uuid
    )
)
