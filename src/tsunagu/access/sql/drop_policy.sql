-- Takes one policy away.
-- reads: nothing
-- writes: the table's policies
-- grain: one policy
-- parameters: policy, table (names of our own)
DROP POLICY {policy} ON {table}
