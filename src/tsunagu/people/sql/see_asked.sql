-- Whoever may open a child in an emergency sees the key of the very child whose whole name and birth date they gave, and
-- of no other: without both, nothing is found, so that nobody looks through names here.
-- reads: the session's context, what `holds_right` reads
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own), holds (the condition)
CREATE POLICY see_asked ON {table} FOR SELECT USING (
    key = current_setting('tsunagu.asked_child', true) AND starts_with(key, '=') AND length(key) > 40 AND ({holds})
)
