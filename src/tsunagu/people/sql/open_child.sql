-- Somebody opens the child: they hold the right to its head, and write it for today and the purpose in force.
-- reads: the session's context, what `holds_right` reads
-- writes: the table's policies
-- grain: one policy
-- parameters: holds (the condition)
CREATE POLICY open_child ON people_opening FOR INSERT WITH CHECK (
    opened_on = nullif(current_setting('tsunagu.on_date', true), '')::date
    AND purpose = current_setting('tsunagu.purpose', true)
    AND ({holds})
)
