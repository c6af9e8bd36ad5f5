-- Takes one policy away, if it is there.
-- reads: nothing
-- writes: the table's policies
-- grain: one policy
-- parameters: policy, table (names of our own)
DROP POLICY IF EXISTS {policy} ON {table}
