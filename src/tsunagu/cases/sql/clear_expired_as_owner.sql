-- The owner of the tables takes the rows away that have expired on the day in force; it reads none.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY clear_expired_as_owner ON {table} FOR DELETE TO CURRENT_USER
USING (expires_on <= nullif(current_setting('tsunagu.on_date', true), '')::date)
