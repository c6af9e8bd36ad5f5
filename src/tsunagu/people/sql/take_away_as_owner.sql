-- The owner of the tables takes away the rows of the children that this transaction names, and reads none of them.
-- reads: the transaction's setting
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY take_away_as_owner ON {table} FOR DELETE TO CURRENT_USER
USING (person_id = ANY (coalesce(nullif(current_setting('tsunagu.taken_away', true), ''), '{{}}')::bigint[]))
