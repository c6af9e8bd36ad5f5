-- Somebody opens one child in an emergency: in their own name, for the purpose in force, from this very moment on, by a
-- role of the day that may, over this child.
-- reads: the session's context, what `holds_right` reads
-- writes: the table's policies
-- grain: one policy
-- parameters: holds (the condition)
CREATE POLICY break_glass ON access_breaking FOR INSERT WITH CHECK (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND purpose = current_setting('tsunagu.purpose', true)
    AND begins_at >= transaction_timestamp() AND begins_at <= clock_timestamp()
    AND ({holds})
)
