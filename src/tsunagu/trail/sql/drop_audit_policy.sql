-- Makes room for a policy that is written anew at each upgrade.
-- reads: nothing
-- writes: the table's policies
-- grain: one policy
-- parameters: policy, table (names of our own)
DROP POLICY IF EXISTS {policy} ON {table}
