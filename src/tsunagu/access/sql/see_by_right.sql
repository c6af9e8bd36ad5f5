-- Whoever holds the right over a child sees its row.
-- reads: what `holds_right` reads
-- writes: the table's policies
-- grain: one policy
-- parameters: policy, table (names of our own), holds (the condition)
CREATE POLICY {policy} ON {table} FOR SELECT USING ({holds})
