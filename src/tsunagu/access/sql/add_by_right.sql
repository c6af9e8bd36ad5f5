-- Whoever holds the right over a child adds rows about it: in their own name, for the purpose in force.
-- reads: the session's context, what `holds_right` reads
-- writes: the table's policies
-- grain: one policy
-- parameters: policy, table (names of our own), only (what must be true of the row), holds (the condition)
CREATE POLICY {policy} ON {table} FOR INSERT WITH CHECK (
    staff_id = nullif(current_setting('tsunagu.staff_id', true), '')::bigint
    AND purpose = current_setting('tsunagu.purpose', true)
    AND ({only})
    AND ({holds})
)
