-- Above every right: what was found for one purpose is not seen for another, and nothing on the day it expires.
-- reads: the session's context
-- writes: the table's policies
-- grain: one policy
-- parameters: table (a name of our own)
CREATE POLICY keep_to_purpose ON {table} AS RESTRICTIVE FOR SELECT USING (
    purpose = current_setting('tsunagu.purpose', true)
    AND expires_on > nullif(current_setting('tsunagu.on_date', true), '')::date
)
